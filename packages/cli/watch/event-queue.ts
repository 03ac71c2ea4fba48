import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { SNSClient, SubscribeCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { parseCompletionEvent } from "../../../contract/completion-event.ts";
import { explained } from "../aws-refusals.ts";
import type { Target } from "../target.ts";

/** The completion events to show. An empty list stands for all. */
export interface EventFilter {
  readonly state: readonly string[];
  readonly variant: readonly string[];
  readonly converter: readonly string[];
}

/** Events that are minutes old are of no use to a watcher. */
const retentionSeconds = 300;
/** SQS waits no longer, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html. */
const waitSeconds = 20;
/** The time until a new queue can be used, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html. */
const queueCreationMs = 1_000;

/** Returns the beginning of the name of every queue that watches a stage. */
export function watchQueuePrefix(stage: string): string {
  return `henkan-watch-${stage.replace(/[^\w-]/g, "-").slice(0, 32)}-`;
}

/**
 * Returns true for an event, given as its JSON, that the filter asks for. SNS needs up to 15 minutes to apply a new filter
 * policy,
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html.
 */
function passes(filter: EventFilter, message: string): boolean {
  const names = (["state", "variant", "converter"] as const).filter((name) => filter[name].length > 0);
  if (names.length === 0) return true;
  const event = parseCompletionEvent(message);
  return event !== undefined && names.every((name) => filter[name].includes(event[name]));
}

/**
 * Calls `onEvent` with the body of every completion event that passes the filter, through its own queue, until
 * `ended`. It removes the queue at the end.
 *
 * @throws {AwsCallError} when AWS refuses
 */
export async function forEachEvent(
  target: Target,
  filter: EventFilter,
  { ended, onReady, onEvent }: { ended: AbortSignal; onReady: () => void; onEvent: (event: string) => void },
): Promise<void> {
  const sqs = new SQSClient(target.clientConfig("sqs"));
  const sns = new SNSClient(target.clientConfig("sns"));
  const { conversionsTopicArn } = target.outputs;
  try {
    const queue = await createQueue(sqs, target);
    try {
      if (!target.isLocal) await setTimeout(queueCreationMs);
      const onMessage = (message: string) => {
        if (passes(filter, message)) onEvent(message);
      };
      const subscriptionArn = await subscribe(sns, conversionsTopicArn, queue.arn, filter);
      try {
        onReady();
        while (!ended.aborted) await receive(sqs, queue, ended, onMessage);
      } finally {
        await explained(`sns:Unsubscribe on ${conversionsTopicArn}`, () =>
          sns.send(new UnsubscribeCommand({ SubscriptionArn: subscriptionArn })),
        );
      }
    } finally {
      await explained(`sqs:DeleteQueue on ${queue.arn}`, () =>
        sqs.send(new DeleteQueueCommand({ QueueUrl: queue.url })),
      );
    }
  } finally {
    sqs.destroy();
    sns.destroy();
  }
}

interface Queue {
  readonly url: string;
  readonly arn: string;
}

/** Creates a queue whose name contains its time of creation, so that leftovers can be recognised. */
async function createQueue(sqs: SQSClient, { stage, outputs }: Target): Promise<Queue> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const QueueName = `${watchQueuePrefix(stage)}${time}-${randomBytes(3).toString("hex")}`;
  const [, partition, , , account] = outputs.conversionsTopicArn.split(":");
  const arn = `arn:${partition}:sqs:${outputs.region}:${account}:${QueueName}`;
  const { QueueUrl = "" } = await explained(`sqs:CreateQueue on ${arn}`, () =>
    sqs.send(
      new CreateQueueCommand({
        QueueName,
        Attributes: {
          MessageRetentionPeriod: String(retentionSeconds),
          SqsManagedSseEnabled: "true",
          Policy: queuePolicy(arn, outputs.conversionsTopicArn),
        },
        tags: { project: "henkan", stage, purpose: "watch" },
      }),
    ),
  );
  return { url: QueueUrl, arn };
}

/** Lets only the topic send to the queue. */
function queuePolicy(queueArn: string, topicArn: string): string {
  const Statement = [
    {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
    },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: queueArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

async function subscribe(
  sns: SNSClient,
  TopicArn: string,
  Endpoint: string,
  filter: EventFilter,
): Promise<string> {
  const policy = Object.fromEntries(Object.entries(filter).filter(([, values]) => values.length > 0));
  const { SubscriptionArn = "" } = await explained(`sns:Subscribe on ${TopicArn}`, () =>
    sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: "sqs",
        Endpoint,
        ReturnSubscriptionArn: true,
        Attributes: {
          RawMessageDelivery: "true",
          ...(Object.keys(policy).length > 0 && { FilterPolicy: JSON.stringify(policy) }),
        },
      }),
    ),
  );
  return SubscriptionArn;
}

async function receive(
  sqs: SQSClient,
  { url: QueueUrl, arn }: Queue,
  ended: AbortSignal,
  onMessage: (message: string) => void,
): Promise<void> {
  const messages = await nextMessages(sqs, { url: QueueUrl, arn }, ended);
  if (messages.length === 0) return;
  for (const { Body = "" } of messages) onMessage(Body);
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await explained(`sqs:DeleteMessage on ${arn}`, () =>
    sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })),
  );
}

async function nextMessages(
  sqs: SQSClient,
  { url: QueueUrl, arn }: Queue,
  ended: AbortSignal,
): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: waitSeconds,
  });
  try {
    const { Messages = [] } = await explained(`sqs:ReceiveMessage on ${arn}`, () =>
      sqs.send(command, { abortSignal: ended }),
    );
    return Messages;
  } catch (error) {
    if (ended.aborted) return [];
    throw error;
  }
}
