import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { place } from "./dashboard/layout.ts";
import {
  apiRow,
  cdnRow,
  converterRow,
  type MonitoredApi,
  type MonitoredConverter,
} from "./dashboard/rows.ts";

export interface DashboardArgs {
  readonly region: string;
  readonly converters: readonly MonitoredConverter[];
  readonly api: MonitoredApi;
  readonly distribution: aws.cloudfront.Distribution;
  /** Of the same region: a widget shows no others. */
  readonly alarms: readonly aws.cloudwatch.MetricAlarm[];
}

/** The stage at a glance: its alarms, the API, a row for every declared converter in the registry's order, the CDN. */
export function dashboard(
  name: string,
  { region, converters, api, distribution, alarms }: DashboardArgs,
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
      dashboardName: `${pulumi.getProject()}-${pulumi.getStack()}`,
      dashboardBody: pulumi.jsonStringify({ widgets: place(rows) }),
    },
    opts,
  );
}

const alarmsHeight = 4;
