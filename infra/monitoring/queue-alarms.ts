import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ConverterQueue } from "../converter-queue.ts";
import { alarm } from "./alarm.ts";
import { queueMetric } from "./metrics.ts";

export interface QueueAlarmsArgs {
  readonly converter: string;
  readonly queue: ConverterQueue;
  readonly topicArn: pulumi.Input<string>;
}

/** Any message here needs an operator. */
const anyMessage = { statistic: "Maximum", threshold: 1, periodSeconds: 60 };
/** A message that failed once comes back after one visibility timeout, and should succeed then. */
const tolerableRetries = 2;

/** The alarms for messages that did not get through a converter's queue, or wait in it for too long. */
export class QueueAlarms extends pulumi.ComponentResource {
  readonly all: readonly aws.cloudwatch.MetricAlarm[];

  constructor(
    name: string,
    { converter, queue, topicArn }: QueueAlarmsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("henkan:monitoring:QueueAlarms", name, {}, opts);
    const child = { parent: this };
    const deadLetters = alarm(
      `${name}-dlq-alarm`,
      {
        metrics: [queueMetric(queue.deadLetterQueue, "ApproximateNumberOfMessagesVisible")],
        ...anyMessage,
        description: `Uploads are in ${converter}'s dead-letter queue: converting them failed five times. Find the reason in the log, fix it, then redrive; they are lost after 14 days.`,
        runbook: "dead-letter-queue",
        topicArn,
      },
      child,
    );
    const undelivered = alarm(
      `${name}-undelivered-alarm`,
      {
        metrics: [queueMetric(queue.undelivered, "ApproximateNumberOfMessagesVisible")],
        ...anyMessage,
        description: `SNS could not deliver uploads to ${converter}'s queue. Repair the queue's policy or key, then move them to the queue; they are lost after 14 days.`,
        runbook: "undelivered",
        topicArn,
      },
      child,
    );
    const backlog = alarm(
      `${name}-backlog-alarm`,
      {
        metrics: [queueMetric(queue.queue, "ApproximateAgeOfOldestMessage")],
        statistic: "Maximum",
        threshold: queue.queue.visibilityTimeoutSeconds.apply((seconds = 0) => tolerableRetries * seconds),
        periodSeconds: 60,
        periods: 5,
        description: `Uploads wait for ${converter} longer than two of its queue's visibility timeouts. Check whether it fails, is throttled, or has too little concurrency for the load.`,
        runbook: "backlog",
        topicArn,
      },
      child,
    );
    this.all = [deadLetters, undelivered, backlog];
    this.registerOutputs({});
  }
}
