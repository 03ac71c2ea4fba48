import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config/settings.ts";
import type { MonitoredConverter } from "./dashboard/rows.ts";
import { dashboard } from "./dashboard.ts";
import { EdgeAlarms } from "./monitoring/edge-alarms.ts";
import { FunctionAlarms } from "./monitoring/function-alarms.ts";
import { cdnMetricsRegion, converterDimensions, uploadApiDimensions } from "./monitoring/metrics.ts";
import { notificationsAlarm } from "./monitoring/notifications-alarm.ts";
import { OperationsTopic } from "./monitoring/operations-topic.ts";
import { QueueAlarms } from "./monitoring/queue-alarms.ts";
import type { UploadApi } from "./upload-api.ts";

export interface MonitoringArgs {
  readonly subscribers: Settings["alarms"];
  readonly accountId: string;
  readonly region: string;
  readonly converters: readonly MonitoredConverter[];
  readonly uploadApi: UploadApi;
  /** What subscribers of completion events should have got; absent when nobody is sure to be told. */
  readonly undeliveredNotifications: aws.sqs.Queue | undefined;
  readonly distribution: aws.cloudfront.Distribution;
}

/** Alarms that say what to do, the topic they go to, and the stage's dashboard. */
export class Monitoring extends pulumi.ComponentResource {
  /** By function: the alarms that should stop and take back a release of it. */
  readonly releaseAlarms: Readonly<Record<string, readonly aws.cloudwatch.MetricAlarm[]>>;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:monitoring:Monitoring", name, {}, opts);
    const { subscribers, accountId, region, converters, uploadApi, distribution } = args;
    const child = { parent: this };
    const topicIn = (topicName: string, region: string) =>
      new OperationsTopic(topicName, { subscribers, accountId, region }, child).arn;
    const topicArn = topicIn("operations", region);
    const cdnTopicArn =
      region === cdnMetricsRegion ? topicArn : topicIn(`operations-${cdnMetricsRegion}`, cdnMetricsRegion);
    const functions = [
      ...converters.map((converter) => ({ ...converter, dimensions: converterDimensions(converter.name) })),
      { name: uploadApi.name, function: uploadApi.function, dimensions: uploadApiDimensions() },
    ].map(({ name, function: lambda, dimensions }) => ({
      name,
      alarms: new FunctionAlarms(name, { function: lambda, dimensions, topicArn }, child),
    }));
    const queues = converters.map(({ name, queue }) => new QueueAlarms(name, { queue, topicArn }, child));
    const notifications = args.undeliveredNotifications
      ? [notificationsAlarm("notify", args.undeliveredNotifications, topicArn, child)]
      : [];
    const { api } = uploadApi.api;
    const edge = new EdgeAlarms("edge", { api, distribution, topicArn, cdnTopicArn }, child);
    this.releaseAlarms = Object.fromEntries(functions.map(({ name, alarms }) => [name, alarms.release]));
    const alarms = [...functions.map(({ alarms }) => alarms), ...queues].flatMap(({ all }) => all);
    dashboard(
      `${name}-dashboard`,
      {
        region,
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
