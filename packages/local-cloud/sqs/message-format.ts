import { createHash } from "node:crypto";
import * as v from "valibot";
import type { MessageAttributes } from "./message-table.ts";
import type { Message } from "./queues.ts";

/** The schema of message attributes in requests. */
export const wireAttributes = v.optional(
  v.record(
    v.string(),
    v.object({
      DataType: v.string(),
      StringValue: v.optional(v.string()),
      BinaryValue: v.optional(v.string()),
    }),
  ),
  {},
);

/** Message attributes as requests contain them. */
export type WireAttributes = v.InferOutput<typeof wireAttributes>;

/** Returns the message attributes of a request in the form that queues store. */
export function attributesFrom(attributes: WireAttributes): MessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      { dataType: DataType, value: StringValue ?? BinaryValue ?? "" },
    ]),
  );
}

/**
 * Returns a message as `ReceiveMessage` answers with it, with the requested system attributes and message attributes.
 * `named` may contain `All` and patterns such as `image.*`.
 */
export function messageOnWire(message: Message, system: readonly string[], named: readonly string[]): object {
  const all = {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.source !== undefined && { DeadLetterQueueSourceArn: message.source }),
  };
  const Attributes = pick(all, (name) => system.includes("All") || system.includes(name));
  const MessageAttributes = pick(message.attributes, (name) =>
    named.some(
      (each) =>
        ["All", ".*", name].includes(each) || (/\.\*$/.test(each) && name.startsWith(each.slice(0, -2))),
    ),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(Attributes && { Attributes }),
    ...(MessageAttributes && {
      MessageAttributes: Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, { dataType, value }]) => [
          name,
          { DataType: dataType, [dataType.startsWith("Binary") ? "BinaryValue" : "StringValue"]: value },
        ]),
      ),
    }),
  };
}

function pick<Value>(
  record: Readonly<Record<string, Value>>,
  isWanted: (name: string) => boolean,
): Record<string, Value> | undefined {
  const wanted = Object.entries(record).filter(([name]) => isWanted(name));
  return wanted.length > 0 ? Object.fromEntries(wanted) : undefined;
}

/** Returns the MD5 of a text in hexadecimal. */
export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
