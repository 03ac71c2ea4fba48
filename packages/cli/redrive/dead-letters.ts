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

/** A queue of messages that did not get through, and the queue they belong to. */
export interface DeadLetterQueue {
  readonly converter: string;
  /** `dead-letter` holds what the converter failed on, `undelivered` what SNS could not hand to its queue. */
  readonly kind: "dead-letter" | "undelivered";
  readonly url: string;
  readonly arn: string;
  readonly destination: { readonly url: string; readonly arn: string };
}

/** One upload that waits to be converted. */
export interface DeadLetter {
  readonly key: string;
  readonly bytes: number;
  readonly ageSeconds: number;
  /** Times it was received, as SQS counts them, with this look. */
  readonly received: number;
}

/** What lies in such a queue. */
export interface Survey {
  readonly queue: DeadLetterQueue;
  /** SQS's count is approximate, unless all messages were looked at. */
  readonly messages: number;
  readonly isExact: boolean;
  /** Messages that somebody has received and not given back: nobody can move them now. */
  readonly inFlight: number;
  /** Of the messages that were looked at. */
  readonly uploads: readonly DeadLetter[];
  /** Messages looked at that are no S3 events. */
  readonly foreign: number;
}

const sampleSize = 50;
const batchSize = 10;
/** Messages looked at come back by themselves after this time, should they not be given back. */
const lookSeconds = 30;

export function deadLetterQueues(queues: Readonly<Record<string, QueueAddresses>>): DeadLetterQueue[] {
  return Object.entries(queues).flatMap(([converter, queue]) => {
    const destination = { url: queue.url, arn: queue.arn };
    return [
      { converter, kind: "dead-letter", url: queue.deadLetterUrl, arn: queue.deadLetterArn, destination },
      { converter, kind: "undelivered", url: queue.undeliveredUrl, arn: queue.undeliveredArn, destination },
    ] satisfies DeadLetterQueue[];
  });
}

/** Looks at up to 50 messages and gives them back. */
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
            // Without waiting SQS asks some of its servers only, and may find nothing.
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

/** Returns the uploads of a message, and undefined in their place when the message is not about any. */
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
