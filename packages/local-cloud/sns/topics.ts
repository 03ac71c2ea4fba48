import { randomUUID } from "node:crypto";
import { Delivery, type DeliveryServices, type MissedDelivery } from "./delivery.ts";
import type { Publication } from "./notification.ts";
import type { SignatureVersion, Signer } from "./signer.ts";
import { filterOf, type SubscriptionSettings } from "./subscription.ts";
import { isLoopback } from "./web-hooks.ts";

export type { MissedDelivery } from "./delivery.ts";
export type { Publication } from "./notification.ts";
export type { SubscriptionSettings } from "./subscription.ts";

export interface TopicSettings {
  readonly arn: string;
  /** Of what its subscribers get, "1" by default. */
  readonly signatureVersion?: SignatureVersion;
}

export type TopicServices = Pick<DeliveryServices, "queues" | "clock" | "faults"> & Partial<DeliveryServices>;

interface Subscription extends SubscriptionSettings {
  readonly accepts: (publication: Publication) => boolean;
  /** What confirms the subscription, while the endpoint has not. */
  pendingToken?: string;
}

/** SNS topics: every publication is copied to each subscription whose filter accepts it. */
export class Topics {
  readonly #delivery: Delivery;
  readonly #onMissed: (missed: MissedDelivery) => void;
  readonly #settings: ReadonlyMap<string, TopicSettings>;
  /** By their ARNs. */
  readonly #subscriptions: Map<string, Subscription>;
  readonly #listeners = new Set<(publication: Publication) => void>();

  /** @throws when a filter policy uses what the local SNS does not know. */
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

  /** Of what subscribers get. */
  get signer(): Signer {
    return this.#delivery.signer;
  }

  has(topicArn: string): boolean {
    return this.#settings.has(topicArn);
  }

  subscriptionsOf(topicArn: string): (SubscriptionSettings & { readonly isPending: boolean })[] {
    return [...this.#subscriptions.values()]
      .filter((subscription) => subscription.topicArn === topicArn)
      .map(({ accepts: _, pendingToken, ...settings }) => ({
        ...settings,
        isPending: pendingToken !== undefined,
      }));
  }

  /**
   * Adds a subscription until this process ends. A web hook is asked to confirm it, and hears of nothing before it has
   * unless `trusted`.
   *
   * @throws when the filter policy uses what the local SNS does not know.
   */
  subscribe(settings: SubscriptionSettings, { trusted = false } = {}): void {
    const subscription: Subscription = { ...settings, accepts: filterOf(settings) };
    this.#subscriptions.set(settings.arn, subscription);
    if (isLoopback(settings.endpoint)) this.#askToConfirm(subscription, trusted);
  }

  /** Asks the web hooks among the declared subscriptions, once SNS is served. */
  askAllToConfirm(): void {
    for (const subscription of this.#subscriptions.values()) {
      if (isLoopback(subscription.endpoint)) this.#askToConfirm(subscription, false);
    }
  }

  /** The subscription that the token confirms. */
  confirm(topicArn: string, token: string): SubscriptionSettings | undefined {
    const subscription = [...this.#subscriptions.values()].find(
      (each) => each.topicArn === topicArn && each.pendingToken === token,
    );
    delete subscription?.pendingToken;
    return subscription;
  }

  find(subscriptionArn: string): SubscriptionSettings | undefined {
    return this.#subscriptions.get(subscriptionArn);
  }

  unsubscribe(subscriptionArn: string): void {
    this.#subscriptions.delete(subscriptionArn);
  }

  /** Delivers to the queues before it returns, so that it can be part of the caller's transaction. */
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

  /** Calls `listener` with everything that is published; the returned function ends that. */
  onPublish(listener: (publication: Publication) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#delivery.close();
  }

  #deliver(subscription: Subscription, publication: Publication, messageId: string): void {
    const { protocol, endpoint, pendingToken } = subscription;
    if (protocol === "sqs") this.#delivery.toQueue(subscription, publication, messageId);
    else if (!isLoopback(endpoint)) this.#onMissed({ subscription, publication });
    else if (pendingToken === undefined) this.#delivery.toWebHook(subscription, publication, messageId);
  }

  #askToConfirm(subscription: Subscription, trusted: boolean): void {
    const token = `${randomUUID()}${randomUUID()}`.replaceAll("-", "");
    if (!trusted) subscription.pendingToken = token;
    this.#delivery.askToConfirm(subscription, token);
  }
}
