import type { Clock } from "../clock.ts";
import type { Faults } from "../faults.ts";
import type { Graph } from "../graph.ts";
import type { FilterPolicy } from "../sns/filter-policy.ts";
import { type SubscriptionSettings, Topics } from "../sns/topics.ts";
import type { QueueSettings, Queues } from "../sqs/queues.ts";
import { type Declared, declared } from "./declared.ts";

/** SQS's own defaults, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html. */
const defaultVisibilityTimeoutSeconds = 30;
const defaultRetentionSeconds = 345_600;

export function queueSettings(graph: Graph): QueueSettings[] {
  return declared(graph, "aws:sqs/queue:Queue").map(({ inputs, output }) => ({
    arn: output("arn"),
    visibilityTimeoutSeconds: inputs.visibilityTimeoutSeconds ?? defaultVisibilityTimeoutSeconds,
    messageRetentionSeconds: inputs.messageRetentionSeconds ?? defaultRetentionSeconds,
    ...(inputs.redrivePolicy && { redrive: JSON.parse(inputs.redrivePolicy) as QueueSettings["redrive"] }),
  }));
}

export function createTopics(
  graph: Graph,
  services: { queues: Queues; clock: Clock; faults: Faults },
): Topics {
  return new Topics(
    services,
    declared(graph, "aws:sns/topic:Topic").map(({ output }) => output("arn")),
    declared(graph, "aws:sns/topicSubscription:TopicSubscription").map(subscriptionSettings),
  );
}

function subscriptionSettings({
  name,
  inputs,
  output,
}: Declared<"aws:sns/topicSubscription:TopicSubscription">): SubscriptionSettings {
  if (inputs.protocol !== "sqs") {
    throw new Error(`${name}: the local SNS delivers to sqs only, not to ${inputs.protocol}`);
  }
  const redrive = inputs.redrivePolicy
    ? (JSON.parse(inputs.redrivePolicy) as { deadLetterTargetArn: string })
    : undefined;
  return {
    arn: output("arn"),
    // Pulumi also takes the resource itself here; resolved it is its ARN.
    topicArn: String(inputs.topic),
    queueArn: inputs.endpoint,
    rawDelivery: inputs.rawMessageDelivery ?? false,
    filterScope: inputs.filterPolicyScope === "MessageBody" ? "MessageBody" : "MessageAttributes",
    ...(inputs.filterPolicy && { filterPolicy: JSON.parse(inputs.filterPolicy) as FilterPolicy }),
    ...(redrive && { deadLetterQueueArn: redrive.deadLetterTargetArn }),
  };
}
