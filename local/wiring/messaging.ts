import type { Clock } from "../clock.ts";
import type { Faults } from "../faults.ts";
import type { Graph } from "../graph.ts";
import { AccessDeniedError } from "../iam/access-request.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { FilterPolicy } from "../sns/filter-policy.ts";
import { type SubscriptionSettings, Topics } from "../sns/topics.ts";
import type { QueueSettings, Queues } from "../sqs/queues.ts";
import { type Declared, declared } from "./declared.ts";

/** SQS's own defaults, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html. */
const defaultVisibilityTimeoutSeconds = 30;
const defaultRetentionSeconds = 345_600;

/** @throws {AccessDeniedError} when a dead-letter queue does not take the messages of a queue that names it. */
export function queueSettings(graph: Graph): QueueSettings[] {
  requireRedriveAllowed(graph);
  return declared(graph, "aws:sqs/queue:Queue").map(({ inputs, output }) => ({
    arn: output("arn"),
    visibilityTimeoutSeconds: inputs.visibilityTimeoutSeconds ?? defaultVisibilityTimeoutSeconds,
    messageRetentionSeconds: inputs.messageRetentionSeconds ?? defaultRetentionSeconds,
    delaySeconds: inputs.delaySeconds ?? 0,
    receiveWaitTimeSeconds: inputs.receiveWaitTimeSeconds ?? 0,
    ...(inputs.redrivePolicy && { redrive: JSON.parse(inputs.redrivePolicy) as QueueSettings["redrive"] }),
  }));
}

function requireRedriveAllowed(graph: Graph): void {
  const queues = declared(graph, "aws:sqs/queue:Queue");
  for (const { name, inputs } of declared(graph, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")) {
    const { redrivePermission, sourceQueueArns = [] } = JSON.parse(inputs.redriveAllowPolicy) as {
      redrivePermission: "allowAll" | "denyAll" | "byQueue";
      sourceQueueArns?: string[];
    };
    const target = queues.find(({ id }) => id === inputs.queueUrl);
    const refused = queues.find(
      (source) =>
        target &&
        source.inputs.redrivePolicy?.includes(`"${target.output("arn")}"`) &&
        redrivePermission !== "allowAll" &&
        !sourceQueueArns.includes(source.output("arn")),
    );
    if (refused)
      throw new AccessDeniedError(
        `${name}: ${refused.name} may not use ${target?.name} as its dead-letter queue`,
      );
  }
}

export function createTopics(
  graph: Graph,
  { permissions, ...services }: { queues: Queues; clock: Clock; faults: Faults; permissions: Permissions },
): Topics {
  const maySend = (sourceArn: string, resource: string) =>
    permissions.allows({
      principal: "sns.amazonaws.com",
      action: "sqs:SendMessage",
      resource,
      sourceArn,
      sourceAccount: graph.accountId,
    });
  return new Topics(
    { ...services, maySend },
    declared(graph, "aws:sns/topic:Topic").map(({ output }) => output("arn")),
    declared(graph, "aws:sns/topicSubscription:TopicSubscription")
      .filter(({ inputs }) => !leavesAws.includes(inputs.protocol))
      .map(subscriptionSettings),
  );
}

/** Of people and pagers, who hear of the deployed stage and nothing of this one. */
const leavesAws: readonly string[] = ["email", "https"];

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
