import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { alarm } from "./alarm.ts";
import { queueMetric } from "./metrics.ts";

/** Makes the alarm for completion events that SNS could not deliver. */
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
        "SNS could not deliver completion events to a web hook or queue of henkan:notify. Repair the endpoint, then send it the events it missed; they are lost after 14 days.",
      runbook: "undelivered-notifications",
      topicArn,
    },
    opts,
  );
}
