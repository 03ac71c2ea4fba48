import * as v from "valibot";
import { maxMessageBytes } from "./attributes.ts";
import { parseInput, permittedQueue, queueUrl, type SqsCall } from "./call.ts";
import { SqsError } from "./errors.ts";
import { receiveWithin } from "./long-polling.ts";
import { attributesFrom, md5, messageOnWire, type WireAttributes, wireAttributes } from "./message-format.ts";

const seconds = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
const names = v.optional(v.array(v.string()), []);
/**
 * The most entries in a batch and the most messages in an answer,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html.
 */
const maxBatch = 10;

const sending = {
  MessageBody: v.string(),
  DelaySeconds: v.optional(seconds(900), 0),
  MessageAttributes: wireAttributes,
};
const receiving = v.object({
  ...queueUrl.entries,
  MaxNumberOfMessages: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxBatch)), 1),
  VisibilityTimeout: v.optional(seconds(43_200)),
  WaitTimeSeconds: v.optional(seconds(20)),
  MessageAttributeNames: names,
  AttributeNames: names,
  MessageSystemAttributeNames: names,
});
const handle = { ReceiptHandle: v.string() };
const visibility = { ...handle, VisibilityTimeout: seconds(43_200) };

export function sendMessage(call: SqsCall): object {
  const input = parseInput(v.object({ ...queueUrl.entries, ...sending }), call.input);
  return send(call, permittedQueue(call, "SendMessage", input.QueueUrl), input);
}

export function sendMessageBatch(call: SqsCall): object {
  return batch(call, "SendMessage", sending, (queueArn, entry) => send(call, queueArn, entry));
}

export async function receiveMessage(call: SqsCall): Promise<object> {
  const input = parseInput(receiving, call.input);
  const queueArn = permittedQueue(call, "ReceiveMessage", input.QueueUrl);
  const { receiveWaitTimeSeconds = 0 } = call.queues.settings(queueArn);
  const messages = await receiveWithin(call, queueArn, {
    limit: input.MaxNumberOfMessages,
    visibilityTimeoutSeconds: input.VisibilityTimeout,
    waitMs: 1000 * (input.WaitTimeSeconds ?? receiveWaitTimeSeconds),
  });
  if (messages.length === 0) return {};
  const system = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
  return { Messages: messages.map((message) => messageOnWire(message, system, input.MessageAttributeNames)) };
}

export function deleteMessage(call: SqsCall): object {
  const input = parseInput(v.object({ ...queueUrl.entries, ...handle }), call.input);
  call.queues.delete(permittedQueue(call, "DeleteMessage", input.QueueUrl), input.ReceiptHandle);
  return {};
}

export function deleteMessageBatch(call: SqsCall): object {
  return batch(call, "DeleteMessage", handle, (queueArn, { ReceiptHandle }) => {
    call.queues.delete(queueArn, ReceiptHandle);
    return {};
  });
}

export function changeMessageVisibility(call: SqsCall): object {
  const input = parseInput(v.object({ ...queueUrl.entries, ...visibility }), call.input);
  changeVisibility(call, permittedQueue(call, "ChangeMessageVisibility", input.QueueUrl), input);
  return {};
}

export function changeMessageVisibilityBatch(call: SqsCall): object {
  return batch(call, "ChangeMessageVisibility", visibility, (queueArn, entry) => {
    changeVisibility(call, queueArn, entry);
    return {};
  });
}

function changeVisibility(
  { queues }: SqsCall,
  queueArn: string,
  { ReceiptHandle, VisibilityTimeout }: { ReceiptHandle: string; VisibilityTimeout: number },
): void {
  if (queues.changeVisibility(queueArn, ReceiptHandle, VisibilityTimeout)) return;
  throw new SqsError("MessageNotInflight", "The specified message isn't in flight.");
}

/**
 * Runs `one` for each entry of a batch. A refusal of one entry is reported in `Failed` and does not affect the others.
 *
 * @throws {SqsError} when the batch as a whole is invalid
 */
function batch<Entries extends v.ObjectEntries>(
  call: SqsCall,
  action: string,
  entries: Entries,
  one: (queueArn: string, entry: v.InferOutput<v.ObjectSchema<Entries, undefined>>) => object,
): object {
  const entry = v.object(entries);
  const schema = v.object({ ...queueUrl.entries, Entries: v.array(v.looseObject({ Id: v.string() })) });
  const input = parseInput(schema, call.input);
  const queueArn = permittedQueue(call, action, input.QueueUrl);
  const ids = input.Entries.map(({ Id }) => Id);
  if (ids.length === 0)
    throw new SqsError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (ids.length > maxBatch) {
    throw new SqsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${maxBatch}. You have sent ${ids.length}.`,
    );
  }
  if (new Set(ids).size < ids.length) {
    throw new SqsError(
      "BatchEntryIdsNotDistinct",
      "Two or more batch entries in the request have the same Id.",
    );
  }
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const each of input.Entries) {
    try {
      Successful.push({ Id: each.Id, ...one(queueArn, parseInput(entry, each)) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({ Id: each.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function send(
  { queues }: SqsCall,
  queueArn: string,
  {
    MessageBody,
    DelaySeconds,
    MessageAttributes,
  }: { MessageBody: string; DelaySeconds: number; MessageAttributes: WireAttributes },
): object {
  if (MessageBody === "")
    throw new SqsError("MissingParameter", "The request must contain the parameter MessageBody.");
  if (Buffer.byteLength(MessageBody) > maxMessageBytes) {
    throw new SqsError(
      "InvalidParameterValue",
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`,
    );
  }
  return {
    MessageId: queues.send(queueArn, MessageBody, DelaySeconds * 1000, attributesFrom(MessageAttributes)),
    MD5OfMessageBody: md5(MessageBody),
  };
}
