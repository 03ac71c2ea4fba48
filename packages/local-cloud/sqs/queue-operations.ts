import * as v from "valibot";
import { defaultSettings, queueAttributes, requireSameSettings, settingsFrom } from "./attributes.ts";
import { arnOf, parseInput, permittedQueue, queueUrl, type SqsCall, urlOf } from "./call.ts";
import { SqsError } from "./errors.ts";

const attributes = v.record(v.string(), v.string());
const queueName = v.object({ QueueName: v.string(), QueueOwnerAWSAccountId: v.optional(v.string()) });

export function createQueue(call: SqsCall): object {
  const schema = v.object({ QueueName: v.string(), Attributes: v.optional(attributes, {}) });
  const { QueueName, Attributes } = parseInput(schema, call.input);
  const arn = ownArn(call, QueueName);
  call.require("CreateQueue", arn);
  if (!/^[\w-]{1,80}$/.test(QueueName)) {
    throw new SqsError(
      "InvalidParameterValue",
      "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length (the local SQS has no FIFO queues)",
    );
  }
  const wanted = settingsFrom(Attributes);
  if (call.queues.has(arn)) requireSameSettings(call.queues.settings(arn), wanted);
  else {
    setPolicy(call, arn, Attributes.Policy);
    call.queues.create({ arn, ...defaultSettings, ...wanted });
  }
  return { QueueUrl: urlOf(arn) };
}

export function deleteQueue(call: SqsCall): object {
  const { QueueUrl } = parseInput(queueUrl, call.input);
  const arn = permittedQueue(call, "DeleteQueue", QueueUrl);
  call.queues.remove(arn);
  call.policies.set(arn, undefined);
  return {};
}

export function getQueueUrl(call: SqsCall): object {
  const { QueueName, QueueOwnerAWSAccountId } = parseInput(queueName, call.input);
  const url = urlOf(ownArn({ ...call, accountId: QueueOwnerAWSAccountId ?? call.accountId }, QueueName));
  permittedQueue(call, "GetQueueUrl", url);
  return { QueueUrl: url };
}

export function listQueues(call: SqsCall): object {
  const { QueueNamePrefix } = parseInput(
    v.object({ QueueNamePrefix: v.optional(v.string(), "") }),
    call.input,
  );
  call.require("ListQueues", ownArn(call, "*"));
  const start = ownArn(call, QueueNamePrefix);
  const found = call.queues.list().filter((arn) => arn.startsWith(start));
  return found.length > 0 ? { QueueUrls: found.map(urlOf) } : {};
}

export function getQueueAttributes(call: SqsCall): object {
  const schema = v.object({ ...queueUrl.entries, AttributeNames: v.optional(v.array(v.string()), []) });
  const { QueueUrl, AttributeNames } = parseInput(schema, call.input);
  const arn = permittedQueue(call, "GetQueueAttributes", QueueUrl);
  return { Attributes: queueAttributes(call, arn, AttributeNames) };
}

export function setQueueAttributes(call: SqsCall): object {
  const schema = v.object({ ...queueUrl.entries, Attributes: attributes });
  const { QueueUrl, Attributes } = parseInput(schema, call.input);
  const arn = permittedQueue(call, "SetQueueAttributes", QueueUrl);
  const settings = settingsFrom(Attributes);
  if (Attributes.Policy !== undefined) setPolicy(call, arn, Attributes.Policy);
  call.queues.change(arn, settings);
  return {};
}

function setPolicy({ policies }: SqsCall, arn: string, policy: string | undefined): void {
  try {
    policies.set(arn, policy || undefined);
  } catch (error) {
    const { message } = error as Error;
    throw new SqsError("InvalidAttributeValue", `Invalid value for the parameter Policy. Reason: ${message}`);
  }
}

function ownArn(call: Pick<SqsCall, "region" | "accountId">, name: string): string {
  return arnOf(call, `/${call.accountId}/${name}`);
}
