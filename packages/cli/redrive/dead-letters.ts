import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { s3EventText } from "../../../contract/s3-event.ts";
import type { QueueAddresses } from "../../../contract/stack-outputs.ts";
import { explained } from "../aws-refusals.ts";

/** A dead-letter queue, and the queue that its messages belong to. */
export interface DeadLetterQueue {
  readonly converter: string;
  /** `dead-letter` holds messages that the converter failed on, `undelivered` those that SNS could not deliver to its queue. */
  readonly kind: "dead-letter" | "undelivered";
  readonly url: string;
  readonly arn: string;
  readonly destination: { readonly url: string; readonly arn: string };
}

/** One upload that was not converted. */
export interface DeadLetter {
  readonly key: string;
  readonly bytes: number;
  readonly ageSeconds: number;
  /** How often SQS has handed the message out, including to this check. */
  readonly received: number;
}

/** The contents of a dead-letter queue. */
export interface Survey {
  readonly queue: DeadLetterQueue;
  /** SQS's count. It is approximate unless all messages were checked. */
  readonly messages: number;
  readonly isExact: boolean;
  /** Messages that another receiver holds. They cannot be moved now. */
  readonly inFlight: number;
  /** The uploads of the messages that were checked. */
  readonly uploads: readonly DeadLetter[];
  /** The number of checked messages that are not S3 events. */
  readonly foreign: number;
}

const sampleSize = 50;
const batchSize = 10;
/** SQS releases the checked messages after this time, even if this command cannot. */
const lookSeconds = 30;

/** Returns the two dead-letter queues of every converter. */
export function deadLetterQueues(queues: Readonly<Record<string, QueueAddresses>>): DeadLetterQueue[] {
  return Object.entries(queues).flatMap(([converter, queue]) => {
    const destination = { url: queue.url, arn: queue.arn };
    return [
      { converter, kind: "dead-letter", url: queue.deadLetterUrl, arn: queue.deadLetterArn, destination },
      { converter, kind: "undelivered", url: queue.undeliveredUrl, arn: queue.undeliveredArn, destination },
    ] satisfies DeadLetterQueue[];
  });
}

/** Checks up to 50 messages and releases them. */
export async function survey(sqs: SQSClient, queue: DeadLetterQueue): Promise<Survey> {
  const before = await counts(sqs, queue);
  const looked = before.visible > 0 ? await look(sqs, queue) : [];
  const isExact = looked.length >= before.visible && looked.length < sampleSize;
  const now = Date.now();
  const uploads = looked.flatMap((message) => uploadsIn(message, now));
  return {
    queue,
    messages: isExact ? looked.length : before.visible,
    isExact,
    inFlight: before.inFlight,
    uploads: uploads.flatMap((upload) => upload ?? []),
    foreign: uploads.filter((upload) => upload === undefined).length,
  };
}

/** Returns SQS's approximate counts of the messages that can be received and of those that a receiver holds. */
export async function counts(
  sqs: SQSClient,
  { url: QueueUrl, arn }: { readonly url: string; readonly arn: string },
): Promise<{ visible: number; inFlight: number }> {
  const { Attributes = {} } = await explained(`sqs:GetQueueAttributes on ${arn}`, () =>
    sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    ),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}

async function look(sqs: SQSClient, { url: QueueUrl, arn }: DeadLetterQueue): Promise<Message[]> {
  const looked: Message[] = [];
  try {
    while (looked.length < sampleSize) {
      const { Messages = [] } = await explained(`sqs:ReceiveMessage on ${arn}`, () =>
        sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: batchSize,
            VisibilityTimeout: lookSeconds,
            // Without a wait, SQS asks only some of its servers and may find nothing.
            WaitTimeSeconds: looked.length === 0 ? 2 : 1,
            MessageSystemAttributeNames: ["SentTimestamp", "ApproximateReceiveCount"],
          }),
        ),
      );
      if (Messages.length === 0) break;
      looked.push(...Messages);
    }
    return looked;
  } finally {
    for (let start = 0; start < looked.length; start += batchSize) {
      const Entries = looked
        .slice(start, start + batchSize)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
      await explained(`sqs:ChangeMessageVisibility on ${arn}`, () =>
        sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })),
      );
    }
  }
}

/** Returns the uploads of a message, or a single undefined when the message is not an S3 event with records. */
function uploadsIn({ Body, Attributes = {} }: Message, now: number): (DeadLetter | undefined)[] {
  const event = v.safeParse(s3EventText, Body);
  if (!event.success || event.output.length === 0) return [undefined];
  return event.output.map(({ object: { key, bytes } }) => ({
    key,
    bytes,
    ageSeconds: Math.max(0, Math.round((now - Number(Attributes.SentTimestamp)) / 1_000)),
    received: Number(Attributes.ApproximateReceiveCount),
  }));
}
