import { randomUUID } from "node:crypto";
import { Delivery, type DeliveryServices, type MissedDelivery } from "./delivery.ts";
import type { Publication } from "./notification.ts";
import type { SignatureVersion, Signer } from "./signer.ts";
import { filterOf, type SubscriptionSettings } from "./subscription.ts";
import { isLoopback } from "./web-hooks.ts";

export type { MissedDelivery } from "./delivery.ts";
export type { Publication } from "./notification.ts";
export type { SubscriptionSettings } from "./subscription.ts";

/** The settings of a topic. */
export interface TopicSettings {
  readonly arn: string;
  /**
   * The algorithm that signs its messages.
   *
   * @default "1"
   */
  readonly signatureVersion?: SignatureVersion;
}

/** The services that topics use; those of {@link DeliveryServices} beyond the first three have defaults. */
export type TopicServices = Pick<DeliveryServices, "queues" | "clock" | "faults"> & Partial<DeliveryServices>;

interface Subscription extends SubscriptionSettings {
  readonly accepts: (publication: Publication) => boolean;
  /** The token that confirms the subscription; absent when it is confirmed. */
  pendingToken?: string;
}

/** SNS topics. A publication goes to each subscription whose filter accepts it. */
export class Topics {
  readonly #delivery: Delivery;
  readonly #onMissed: (missed: MissedDelivery) => void;
  readonly #settings: ReadonlyMap<string, TopicSettings>;
  /** By ARN. */
  readonly #subscriptions: Map<string, Subscription>;
  readonly #listeners = new Set<(publication: Publication) => void>();

  /** @throws {Error} for an operator in a filter policy that the local SNS does not support */
  constructor(
    services: TopicServices,
    topics: readonly TopicSettings[],
    subscriptions: readonly SubscriptionSettings[],
  ) {
    this.#settings = new Map(topics.map((topic) => [topic.arn, topic]));
    const all = { maySend: () => true, baseUrl: () => "", onMissed: () => {}, ...services };
    this.#onMissed = all.onMissed;
    this.#delivery = new Delivery(all, (topicArn) => this.#settings.get(topicArn)?.signatureVersion ?? "1");
    this.#subscriptions = new Map(
      subscriptions.map((settings) => [settings.arn, { ...settings, accepts: filterOf(settings) }]),
    );
  }

  /** Signs the messages to subscribers. */
  get signer(): Signer {
    return this.#delivery.signer;
  }

  /** Returns true when the topic exists. */
  has(topicArn: string): boolean {
    return this.#settings.has(topicArn);
  }

  /** Returns the subscriptions of a topic; a pending one is not confirmed yet. */
  subscriptionsOf(topicArn: string): (SubscriptionSettings & { readonly isPending: boolean })[] {
    return [...this.#subscriptions.values()]
      .filter((subscription) => subscription.topicArn === topicArn)
      .map(({ accepts: _, pendingToken, ...settings }) => ({
        ...settings,
        isPending: pendingToken !== undefined,
      }));
  }

  /**
   * Adds a subscription until this process ends. A web hook gets a request to confirm it, and gets no publication
   * before it has confirmed, unless it is `trusted`.
   *
   * @throws {Error} for an operator in the filter policy that the local SNS does not support
   */
  subscribe(settings: SubscriptionSettings, { trusted = false } = {}): void {
    const subscription: Subscription = { ...settings, accepts: filterOf(settings) };
    this.#subscriptions.set(settings.arn, subscription);
    if (isLoopback(settings.endpoint)) this.#requestConfirmation(subscription, trusted);
  }

  /** Asks the web hooks of the declared subscriptions to confirm them. Call it when SNS listens. */
  requestConfirmations(): void {
    for (const subscription of this.#subscriptions.values()) {
      if (isLoopback(subscription.endpoint)) this.#requestConfirmation(subscription, false);
    }
  }

  /** Confirms a subscription and returns it; undefined when no subscription waits for the token. */
  confirm(topicArn: string, token: string): SubscriptionSettings | undefined {
    const subscription = [...this.#subscriptions.values()].find(
      (each) => each.topicArn === topicArn && each.pendingToken === token,
    );
    delete subscription?.pendingToken;
    return subscription;
  }

  /** Returns a subscription; undefined when it does not exist. */
  find(subscriptionArn: string): SubscriptionSettings | undefined {
    return this.#subscriptions.get(subscriptionArn);
  }

  /** Removes a subscription, if it exists. */
  unsubscribe(subscriptionArn: string): void {
    this.#subscriptions.delete(subscriptionArn);
  }

  /**
   * Publishes a message and returns its id. The queues have it when this returns, so that it can be part of the
   * caller's transaction.
   */
  publish(publication: Publication): string {
    const messageId = randomUUID();
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.topicArn === publication.topicArn && subscription.accepts(publication)) {
        this.#deliver(subscription, publication, messageId);
      }
    }
    for (const listener of this.#listeners) listener(publication);
    return messageId;
  }

  /** Calls `listener` with every publication. The returned function stops that. */
  onPublish(listener: (publication: Publication) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops the deliveries to web hooks. */
  close(): void {
    this.#delivery.close();
  }

  #deliver(subscription: Subscription, publication: Publication, messageId: string): void {
    const { protocol, endpoint, pendingToken } = subscription;
    if (protocol === "sqs") this.#delivery.sendToQueue(subscription, publication, messageId);
    else if (!isLoopback(endpoint)) this.#onMissed({ subscription, publication });
    else if (pendingToken === undefined) this.#delivery.sendToWebHook(subscription, publication, messageId);
  }

  #requestConfirmation(subscription: Subscription, trusted: boolean): void {
    const token = `${randomUUID()}${randomUUID()}`.replaceAll("-", "");
    if (!trusted) subscription.pendingToken = token;
    this.#delivery.requestConfirmation(subscription, token);
  }
}
