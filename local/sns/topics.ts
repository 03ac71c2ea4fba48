import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Faults } from "../faults.ts";
import type { Queues } from "../sqs/queues.ts";
import { compileFilterPolicy, type FilterPolicy } from "./filter-policy.ts";

/** A subscription as `aws.sns.TopicSubscription` declares it; only queues are endpoints so far. */
export interface SubscriptionSettings {
  readonly arn: string;
  readonly topicArn: string;
  readonly queueArn: string;
  readonly rawDelivery: boolean;
  readonly filterPolicy?: FilterPolicy;
  readonly filterScope: "MessageAttributes" | "MessageBody";
  readonly deadLetterQueueArn?: string;
}

export interface MessageAttribute {
  readonly dataType: string;
  readonly value: string;
}

/** One `Publish`. */
export interface Publication {
  readonly topicArn: string;
  readonly message: string;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
}

export interface TopicServices {
  readonly queues: Queues;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Whether a topic may send to a queue; every one may by default. */
  readonly maySend?: (topicArn: string, queueArn: string) => boolean;
}

interface Subscription extends SubscriptionSettings {
  readonly accepts: (publication: Publication) => boolean;
}

/** SNS topics: every publication is copied to each subscription whose filter accepts it. */
export class Topics {
  readonly #queues: Queues;
  readonly #clock: Clock;
  readonly #faults: Faults;
  readonly #maySend: (topicArn: string, queueArn: string) => boolean;
  readonly #arns: ReadonlySet<string>;
  readonly #subscriptions: readonly Subscription[];
  readonly #listeners = new Set<(publication: Publication) => void>();

  /** @throws when a filter policy uses what the local SNS does not know. */
  constructor(
    { queues, clock, faults, maySend = () => true }: TopicServices,
    topicArns: readonly string[],
    subscriptions: readonly SubscriptionSettings[],
  ) {
    this.#queues = queues;
    this.#clock = clock;
    this.#faults = faults;
    this.#maySend = maySend;
    this.#arns = new Set(topicArns);
    this.#subscriptions = subscriptions.map((settings) => ({ ...settings, accepts: filterOf(settings) }));
  }

  has(topicArn: string): boolean {
    return this.#arns.has(topicArn);
  }

  /** Delivers to the queues before it returns, so that it can be part of the caller's transaction. */
  publish(publication: Publication): string {
    const messageId = randomUUID();
    for (const subscription of this.#subscriptions) {
      if (subscription.topicArn === publication.topicArn && subscription.accepts(publication)) {
        this.#deliver(subscription, publication, messageId);
      }
    }
    for (const listener of this.#listeners) listener(publication);
    return messageId;
  }

  /** Calls `listener` with everything that is published; the returned function ends that. */
  onPublish(listener: (publication: Publication) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #deliver(subscription: Subscription, publication: Publication, messageId: string): void {
    const body = subscription.rawDelivery
      ? publication.message
      : JSON.stringify(this.#envelope(publication, messageId));
    // A queue that is gone or refuses is a client-side error: SNS does not retry it but uses the subscription's DLQ.
    const target = [subscription.queueArn, subscription.deadLetterQueueArn].find(
      (arn) => arn !== undefined && this.#queues.has(arn) && this.#maySend(subscription.topicArn, arn),
    );
    if (!target) return;
    for (const delayMs of this.#faults.deliveries(target, publication.message)) {
      this.#queues.send(target, body, delayMs);
    }
  }

  #envelope({ topicArn, message, subject, attributes = {} }: Publication, messageId: string): object {
    return {
      Type: "Notification",
      MessageId: messageId,
      TopicArn: topicArn,
      ...(subject === undefined ? {} : { Subject: subject }),
      Message: message,
      Timestamp: new Date(this.#clock.now()).toISOString(),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, { dataType, value }]) => [
          name,
          { Type: dataType, Value: value },
        ]),
      ),
    };
  }
}

function filterOf({ filterPolicy, filterScope }: SubscriptionSettings): Subscription["accepts"] {
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
