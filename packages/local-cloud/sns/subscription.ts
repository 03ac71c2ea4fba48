import type { MessageAttribute } from "../sqs/message-table.ts";
import { compileFilterPolicy, type FilterPolicy } from "./filter-policy.ts";
import type { Publication } from "./notification.ts";

/** The protocol of a subscription. The local SNS never contacts mailboxes. */
export type Protocol = "sqs" | "http" | "https" | "email" | "email-json";

/** The settings of a subscription, from `aws.sns.TopicSubscription` or a `Subscribe` request. */
export interface SubscriptionSettings {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  /** The ARN of a queue, a URL, or an email address. */
  readonly endpoint: string;
  readonly rawDelivery: boolean;
  readonly filterPolicy?: FilterPolicy;
  /** The part of a message that the filter policy applies to. */
  readonly filterScope: "MessageAttributes" | "MessageBody";
  readonly deadLetterQueueArn?: string;
}

/**
 * Returns the filter of a subscription; without a filter policy it accepts every publication.
 *
 * @throws {Error} for an operator in the filter policy that the local SNS does not support
 */
export function filterOf({
  filterPolicy,
  filterScope,
}: Pick<SubscriptionSettings, "filterPolicy" | "filterScope">): (publication: Publication) => boolean {
  if (!filterPolicy) return () => true;
  const matches = compileFilterPolicy(filterPolicy);
  return ({ message, attributes = {} }) =>
    matches(filterScope === "MessageBody" ? parseJson(message) : attributeValues(attributes));
}

/** Parses a message body. A body that is not JSON is undefined: it matches no filter on the body, as on SNS. */
function parseJson(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function attributeValues(attributes: Readonly<Record<string, MessageAttribute>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, value }]) => [
      name,
      dataType === "String.Array" || dataType === "Number" ? JSON.parse(value) : value,
    ]),
  );
}
