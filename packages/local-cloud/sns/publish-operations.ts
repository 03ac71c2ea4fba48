import type { MessageAttribute } from "../sqs/message-table.ts";
import { entriesOf, LostAnswer, parameter, type SnsCall, SnsError } from "./call.ts";

/** The most entries in a batch, https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html. */
const maxBatch = 10;

export function publish(call: SnsCall): object {
  const topicArn = permittedTopic(call);
  const { topics, parameters } = call;
  const isAnswered = willAnswer(call, "Publish", parameters.get("Message") ?? "");
  const MessageId = topics.publish({
    topicArn,
    message: parameters.get("Message") ?? "",
    subject: parameters.get("Subject") ?? undefined,
    attributes: attributesIn(parameters, "MessageAttributes.entry"),
  });
  if (!isAnswered) throw new LostAnswer();
  return { MessageId };
}

export function publishBatch(call: SnsCall): object {
  const topicArn = permittedTopic(call);
  const entries = entriesOf(call, "PublishBatchRequestEntries.member");
  if (entries.length === 0)
    throw new SnsError(400, "EmptyBatchRequest", "The batch request contains no entries");
  if (entries.length > maxBatch) {
    throw new SnsError(
      400,
      "TooManyEntriesInBatchRequest",
      `The batch request contains more than ${maxBatch} entries`,
    );
  }
  const ids = new Set(entries.map((entry) => entry.get("Id")));
  if (ids.size < entries.length) {
    throw new SnsError(400, "BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id");
  }
  const isAnswered = willAnswer(call, "PublishBatch", entries[0]?.get("Message") ?? "");
  const member = entries.map((entry) => ({
    Id: entry.get("Id"),
    MessageId: call.topics.publish({
      topicArn,
      message: entry.get("Message") ?? "",
      subject: entry.get("Subject"),
      attributes: attributesIn(new URLSearchParams([...entry]), "MessageAttributes.entry"),
    }),
  }));
  if (!isAnswered) throw new LostAnswer();
  return { Successful: { member }, Failed: "" };
}

/**
 * Returns false when an injected fault loses the answer to a publication. In a batch, the first message decides.
 *
 * @throws {SnsError} `Throttling` when the fault throttles the request
 */
function willAnswer({ faults, principal = "" }: SnsCall, operation: string, message: string): boolean {
  const fault = faults.request({ place: `sns ${operation}`, about: { message }, principal });
  if (fault?.kind === "throttle") throw new SnsError(400, "Throttling", "Rate exceeded");
  return fault?.kind !== "reset";
}

/**
 * Returns the ARN of the topic.
 *
 * @throws {SnsError} `AuthorizationError` when the principal may not publish to it, `NotFound` when it does not exist
 */
function permittedTopic(call: SnsCall): string {
  const topicArn = parameter(call, "TopicArn");
  call.require("Publish", topicArn);
  if (!call.topics.has(topicArn)) throw new SnsError(404, "NotFound", "Topic does not exist");
  return topicArn;
}

function attributesIn(parameters: URLSearchParams, prefix: string): Record<string, MessageAttribute> {
  const entries = entriesOf({ parameters }, prefix).map((entry): [string, MessageAttribute] => [
    entry.get("Name") ?? "",
    { dataType: entry.get("Value.DataType") ?? "String", value: entry.get("Value.StringValue") ?? "" },
  ]);
  return Object.fromEntries(entries);
}
