import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { alarm } from "./alarm.ts";
import { queueMetric } from "./metrics.ts";

/** Somebody was not told what became of a variant. */
export function notificationsAlarm(
  name: string,
  undelivered: aws.sqs.Queue,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  return alarm(
    `${name}-undelivered-alarm`,
    {
      metrics: [queueMetric(undelivered, "ApproximateNumberOfMessagesVisible")],
      statistic: "Maximum",
      threshold: 1,
      periodSeconds: 60,
      description:
        "SNS could not deliver completion events to a web hook or queue of henkan:notify. Repair the endpoint, then tell it what it missed; it is lost after 14 days.",
      runbook: "undelivered-notifications",
      topicArn,
    },
    opts,
  );
}
