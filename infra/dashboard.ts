import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Converter } from "./converters.ts";
import { place } from "./dashboard/layout.ts";
import { apiRow, cdnRow, converterRow, type MonitoredApi } from "./dashboard/rows.ts";

export interface DashboardArgs {
  /** The physical name, which CloudWatch demands: unique in the account. */
  readonly dashboardName: pulumi.Input<string>;
  readonly region: string;
  readonly converters: readonly Converter[];
  readonly api: MonitoredApi;
  readonly distribution: aws.cloudfront.Distribution;
  /** Alarms of the dashboard's region, the only ones that a widget shows. */
  readonly alarms: readonly aws.cloudwatch.MetricAlarm[];
}

/** Makes the dashboard: the alarms, the API, a row for each converter in the registry's order, the CDN. */
export function dashboard(
  name: string,
  { dashboardName, region, converters, api, distribution, alarms }: DashboardArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.Dashboard {
  const rows = [
    {
      heading: "Alarms",
      widgets: [
        {
          type: "alarm" as const,
          properties: { title: `Alarms in ${region}`, alarms: alarms.map(({ arn }) => arn) },
        },
      ],
      height: alarmsHeight,
    },
    apiRow(api, region),
    ...converters.map((converter) => converterRow(converter, region)),
    cdnRow(distribution),
  ];
  return new aws.cloudwatch.Dashboard(
    name,
    {
      dashboardName,
      dashboardBody: pulumi.jsonStringify({ widgets: place(rows) }),
    },
    opts,
  );
}

const alarmsHeight = 4;
