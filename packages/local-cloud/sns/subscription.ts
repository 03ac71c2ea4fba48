import type { MessageAttribute } from "../sqs/message-table.ts";
import { compileFilterPolicy, type FilterPolicy } from "./filter-policy.ts";
import type { Publication } from "./notification.ts";

export type Protocol = "sqs" | "http" | "https" | "email" | "email-json";

/** A subscription as `aws.sns.TopicSubscription` declares it, or `Subscribe` on the wire. */
export interface SubscriptionSettings {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  /** A queue's ARN, a URL or an address. */
  readonly endpoint: string;
  readonly rawDelivery: boolean;
  readonly filterPolicy?: FilterPolicy;
  readonly filterScope: "MessageAttributes" | "MessageBody";
  readonly deadLetterQueueArn?: string;
}

/** @throws when the filter policy uses what the local SNS does not know. */
export function filterOf({
  filterPolicy,
  filterScope,
}: Pick<SubscriptionSettings, "filterPolicy" | "filterScope">): (publication: Publication) => boolean {
  if (!filterPolicy) return () => true;
  const matches = compileFilterPolicy(filterPolicy);
  return ({ message, attributes = {} }) =>
    matches(filterScope === "MessageBody" ? parseJson(message) : attributeValues(attributes));
}

/** A body that is not JSON matches no payload filter, as on SNS. */
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
