import type { MessageAttribute } from "../sqs/message-table.ts";

/** One message that is published to a topic. */
export interface Publication {
  readonly topicArn: string;
  readonly message: string;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
}

/** A JSON document that SNS sends. */
export type SnsDocument = Readonly<Record<string, unknown>> & { readonly Type: string };

/**
 * Returns the envelope of a message, unsigned; `at` is the time in milliseconds since the epoch.
 * https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
 */
export function notification(
  { topicArn, message, subject, attributes = {} }: Publication,
  messageId: string,
  at: number,
): SnsDocument {
  const named = Object.entries(attributes);
  return {
    Type: "Notification",
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: new Date(at).toISOString(),
    ...(named.length > 0 && {
      MessageAttributes: Object.fromEntries(
        named.map(([name, { dataType, value }]) => [name, { Type: dataType, Value: value }]),
      ),
    }),
  };
}

/**
 * Returns the document that asks an endpoint to confirm its subscription, unsigned; `at` is the time in milliseconds
 * since the epoch. https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
 */
export function subscriptionConfirmation(
  topicArn: string,
  {
    messageId,
    token,
    subscribeUrl,
    at,
  }: { messageId: string; token: string; subscribeUrl: string; at: number },
): SnsDocument {
  return {
    Type: "SubscriptionConfirmation",
    MessageId: messageId,
    Token: token,
    TopicArn: topicArn,
    Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: subscribeUrl,
    Timestamp: new Date(at).toISOString(),
  };
}
