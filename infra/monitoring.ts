import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config/settings.ts";
import type { Converter } from "./converters.ts";
import { dashboard } from "./dashboard.ts";
import { EdgeAlarms } from "./monitoring/edge-alarms.ts";
import { FunctionAlarms } from "./monitoring/function-alarms.ts";
import { cdnMetricsRegion, converterDimensions, uploadApiDimensions } from "./monitoring/metrics.ts";
import { notificationsAlarm } from "./monitoring/notifications-alarm.ts";
import { OperationsTopic } from "./monitoring/operations-topic.ts";
import { QueueAlarms } from "./monitoring/queue-alarms.ts";
import type { StageContext } from "./stage.ts";
import type { UploadApi } from "./upload-api.ts";

export interface MonitoringArgs {
  readonly stage: StageContext;
  /** A physical name that no other resource of the account has; the dashboard gets it. */
  readonly dashboardName: pulumi.Input<string>;
  readonly subscribers: Settings["alarms"];
  readonly converters: readonly Converter[];
  readonly uploadApi: UploadApi;
  /** The queue of completion events that SNS could not deliver; absent when the stage subscribes no endpoint. */
  readonly undeliveredNotifications: aws.sqs.Queue | undefined;
  readonly distribution: aws.cloudfront.Distribution;
}

/** The alarms, each with its runbook section, the topics that they notify, and the dashboard. */
export class Monitoring extends pulumi.ComponentResource {
  /** The alarms that stop and roll back a release, by the function's role. */
  readonly releaseAlarms: Readonly<Record<string, readonly aws.cloudwatch.MetricAlarm[]>>;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:monitoring:Monitoring", name, {}, opts);
    const { stage, subscribers, converters, uploadApi, distribution } = args;
    const { accountId } = stage;
    const child = { parent: this };
    const topicIn = (role: string, region: string) =>
      new OperationsTopic(`${name}-${role}`, { subscribers, accountId, region }, child).arn;
    const topicArn = topicIn("operations", stage.region);
    const cdnTopicArn =
      stage.region === cdnMetricsRegion
        ? topicArn
        : topicIn(`operations-${cdnMetricsRegion}`, cdnMetricsRegion);
    const functions = [
      ...converters.map((each) => ({ ...each, dimensions: converterDimensions(each) })),
      { name: "upload-api", function: uploadApi.function, dimensions: uploadApiDimensions(uploadApi) },
    ].map(({ name: role, function: lambda, dimensions }) => ({
      role,
      alarms: new FunctionAlarms(`${name}-${role}`, { role, function: lambda, dimensions, topicArn }, child),
    }));
    const queues = converters.map(
      ({ name: converter, queue }) =>
        new QueueAlarms(`${name}-${converter}`, { converter, queue, topicArn }, child),
    );
    const notifications = args.undeliveredNotifications
      ? [notificationsAlarm(`${name}-notify`, args.undeliveredNotifications, topicArn, child)]
      : [];
    const { api } = uploadApi.api;
    const edge = new EdgeAlarms(name, { api, distribution, topicArn, cdnTopicArn }, child);
    this.releaseAlarms = Object.fromEntries(functions.map(({ role, alarms }) => [role, alarms.release]));
    const alarms = [...functions.map(({ alarms }) => alarms), ...queues].flatMap(({ all }) => all);
    dashboard(
      `${name}-dashboard`,
      {
        dashboardName: args.dashboardName,
        region: stage.region,
        converters,
        api: { api, function: uploadApi.function },
        distribution,
        alarms: [...alarms, ...notifications, ...edge.api],
      },
      child,
    );
    this.registerOutputs({});
  }
}
