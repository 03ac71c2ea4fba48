import { isDeepStrictEqual } from "node:util";
import type { SqsCall } from "./call.ts";
import { urlOf } from "./call.ts";
import { SqsError } from "./errors.ts";
import type { QueueSettings } from "./queues.ts";

/**
 * The attributes with a numeric value, and their bounds,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html.
 */
const numbers = {
  VisibilityTimeout: { key: "visibilityTimeoutSeconds", least: 0, most: 43_200 },
  MessageRetentionPeriod: { key: "messageRetentionSeconds", least: 60, most: 1_209_600 },
  DelaySeconds: { key: "delaySeconds", least: 0, most: 900 },
  ReceiveMessageWaitTimeSeconds: { key: "receiveWaitTimeSeconds", least: 0, most: 20 },
} as const;

/** Attributes that have no effect: the local SQS stores messages unencrypted. */
const withoutEffect = ["SqsManagedSseEnabled", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"];

/** The default settings of SQS. */
export const defaultSettings = { visibilityTimeoutSeconds: 30, messageRetentionSeconds: 345_600 };

type Settable = Partial<Omit<QueueSettings, "arn">>;

/**
 * Returns the settings that the attributes of a queue contain. The policy is not a setting.
 *
 * @throws {SqsError} `InvalidAttributeName` or `InvalidAttributeValue`
 */
export function settingsFrom(attributes: Readonly<Record<string, string>>): Settable {
  return Object.assign({}, ...Object.entries(attributes).map(([name, value]) => settingFrom(name, value)));
}

function settingFrom(name: string, value: string): Settable {
  if (name === "Policy" || withoutEffect.includes(name)) return {};
  if (name === "RedrivePolicy") return { redrive: redriveFrom(value) };
  if (!isNumber(name)) throw new SqsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
  const { key, least, most } = numbers[name];
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most) throw invalid(name);
  return { [key]: number };
}

function redriveFrom(value: string): QueueSettings["redrive"] {
  const { deadLetterTargetArn, maxReceiveCount } = parseObject(value);
  const receives = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== "string" || !(receives >= 1 && receives <= 1000)) {
    throw invalid("RedrivePolicy");
  }
  return { deadLetterTargetArn, maxReceiveCount: receives };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid("RedrivePolicy");
    throw error;
  }
}

const isNumber = (name: string): name is keyof typeof numbers => Object.hasOwn(numbers, name);

const invalid = (name: string) =>
  new SqsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);

/** Returns the attributes of a queue that `GetQueueAttributes` requests by name, or `All`. */
export function queueAttributes(
  call: SqsCall,
  queueArn: string,
  names: readonly string[],
): Record<string, string> {
  const { visible, inFlight, delayed } = call.queues.counts(queueArn);
  const settings = call.queues.settings(queueArn);
  const policy = call.policies.get(queueArn);
  const all: Record<string, string> = {
    QueueArn: queueArn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(settings.messageRetentionSeconds),
    DelaySeconds: String(settings.delaySeconds ?? 0),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitTimeSeconds ?? 0),
    MaximumMessageSize: String(maxMessageBytes),
    ...(settings.redrive && { RedrivePolicy: JSON.stringify(settings.redrive) }),
    ...(policy !== undefined && { Policy: policy }),
  };
  if (names.includes("All")) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/**
 * The size of the largest message, which is also the default of SQS,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html.
 */
export const maxMessageBytes = 1_048_576;

/**
 * Checks that `CreateQueue` requests the settings of the queue that exists.
 *
 * @throws {SqsError} `QueueNameExists` when one of them differs
 */
export function requireSameSettings(existing: QueueSettings, wanted: Settable): void {
  const differs = Object.entries(wanted).some(
    ([key, value]) => !isDeepStrictEqual(Reflect.get(existing, key), value),
  );
  if (!differs) return;
  throw new SqsError(
    "QueueNameExists",
    `A queue already exists with the same name and a different value for an attribute: ${urlOf(existing.arn)}`,
  );
}
