import type { Clock } from "../clock.ts";
import { ProgramError } from "../errors.ts";
import type { FaultInjector } from "../faults.ts";
import type { Declared, Graph } from "../graph.ts";
import { AccessDeniedError } from "../iam/access-request.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { FilterPolicy } from "../sns/filter-policy.ts";
import type { Protocol, SubscriptionSettings } from "../sns/subscription.ts";
import { type MissedDelivery, Topics } from "../sns/topics.ts";
import type { QueueSettings, Queues } from "../sqs/queues.ts";

/** SQS's defaults, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html. */
const defaultVisibilityTimeoutSeconds = 30;
const defaultRetentionSeconds = 345_600;

/**
 * Returns the settings of the declared queues.
 *
 * @throws {AccessDeniedError} when a dead-letter queue does not accept messages of a queue that names it
 */
export function queueSettings(graph: Graph): QueueSettings[] {
  requireRedriveAllowed(graph);
  return graph.all("aws:sqs/queue:Queue").map(({ inputs, output }) => ({
    arn: output("arn"),
    visibilityTimeoutSeconds: inputs.visibilityTimeoutSeconds ?? defaultVisibilityTimeoutSeconds,
    messageRetentionSeconds: inputs.messageRetentionSeconds ?? defaultRetentionSeconds,
    delaySeconds: inputs.delaySeconds ?? 0,
    receiveWaitTimeSeconds: inputs.receiveWaitTimeSeconds ?? 0,
    ...(inputs.redrivePolicy && { redrive: JSON.parse(inputs.redrivePolicy) as QueueSettings["redrive"] }),
  }));
}

function requireRedriveAllowed(graph: Graph): void {
  const queues = graph.all("aws:sqs/queue:Queue");
  for (const { name, inputs } of graph.all("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")) {
    const { redrivePermission, sourceQueueArns = [] } = JSON.parse(inputs.redriveAllowPolicy) as {
      redrivePermission: "allowAll" | "denyAll" | "byQueue";
      sourceQueueArns?: string[];
    };
    const target = graph.byId("aws:sqs/queue:Queue", inputs.queueUrl);
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

/** The services that topics need. */
export interface TopicOptions {
  readonly queues: Queues;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly permissions: Permissions;
  /** Returns the address of the local SNS, which is known later. */
  readonly baseUrl: () => string;
  readonly onMissed: (missed: MissedDelivery) => void;
}

/**
 * Returns the declared topics with their subscriptions.
 *
 * @throws {ProgramError} for a protocol or a filter policy that the local SNS does not support
 */
export function createTopics(graph: Graph, { permissions, ...services }: TopicOptions): Topics {
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
    graph.all("aws:sns/topic:Topic").map(({ inputs, output }) => ({
      arn: output("arn"),
      signatureVersion: inputs.signatureVersion === 2 ? "2" : "1",
    })),
    graph.all("aws:sns/topicSubscription:TopicSubscription").map(subscriptionSettings),
  );
}

const protocols: readonly string[] = ["sqs", "http", "https", "email", "email-json"] satisfies Protocol[];
const isProtocol = (protocol: string): protocol is Protocol => protocols.includes(protocol);

function subscriptionSettings({
  name,
  inputs,
  output,
}: Declared<"aws:sns/topicSubscription:TopicSubscription">): SubscriptionSettings {
  if (!isProtocol(inputs.protocol)) {
    throw new ProgramError(`${name}: the local SNS supports ${protocols.join(", ")}, not ${inputs.protocol}`);
  }
  const redrive = inputs.redrivePolicy
    ? (JSON.parse(inputs.redrivePolicy) as { deadLetterTargetArn: string })
    : undefined;
  return {
    arn: output("arn"),
    // Pulumi also accepts the topic itself, which resolves to its ARN.
    topicArn: String(inputs.topic),
    protocol: inputs.protocol,
    endpoint: inputs.endpoint,
    rawDelivery: inputs.rawMessageDelivery ?? false,
    filterScope: inputs.filterPolicyScope === "MessageBody" ? "MessageBody" : "MessageAttributes",
    ...(inputs.filterPolicy && { filterPolicy: JSON.parse(inputs.filterPolicy) as FilterPolicy }),
    ...(redrive && { deadLetterQueueArn: redrive.deadLetterTargetArn }),
  };
}
