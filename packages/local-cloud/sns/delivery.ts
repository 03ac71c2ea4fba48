import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { FaultInjector } from "../faults.ts";
import type { Queues } from "../sqs/queues.ts";
import {
  notification,
  type Publication,
  type SnsDocument,
  subscriptionConfirmation,
} from "./notification.ts";
import { type SignatureVersion, Signer } from "./signer.ts";
import type { SubscriptionSettings } from "./subscription.ts";
import { WebHooks } from "./web-hooks.ts";

/** A message that did not reach a subscriber. */
export interface MissedDelivery {
  readonly subscription: SubscriptionSettings;
  /** Absent for the request to confirm the subscription. */
  readonly publication?: Publication;
  /**
   * The reason; absent for an endpoint that the local SNS never contacts: a mailbox, or a host other than this machine.
   */
  readonly failure?: string;
}

/** The services that a {@link Delivery} uses. */
export interface DeliveryServices {
  readonly queues: Queues;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  /** Returns true when a topic may send to a queue, by the policy of the queue. */
  readonly maySend: (topicArn: string, queueArn: string) => boolean;
  /** Returns the URL of SNS, for the links in its messages. */
  readonly baseUrl: () => string;
  /** Called for every message that does not reach its subscriber. */
  readonly onMissed: (missed: MissedDelivery) => void;
}

/** Delivers publications to queues and web hooks, in a signed envelope as SNS does, or as they are for raw delivery. */
export class Delivery {
  readonly signer = new Signer();
  readonly #services: DeliveryServices;
  readonly #webHooks: WebHooks;
  readonly #signatureVersionOf: (topicArn: string) => SignatureVersion;

  constructor(services: DeliveryServices, signatureVersionOf: (topicArn: string) => SignatureVersion) {
    this.#services = services;
    this.#webHooks = new WebHooks(services.clock);
    this.#signatureVersionOf = signatureVersionOf;
  }

  /** Sends to a queue before it returns, so that the message can be part of the caller's transaction. */
  sendToQueue(subscription: SubscriptionSettings, publication: Publication, messageId: string): void {
    const { queues, faults, onMissed } = this.#services;
    // A queue that is deleted or refuses is a client-side error: SNS does not retry it but uses the subscription's DLQ.
    // https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
    const target = [subscription.endpoint, subscription.deadLetterQueueArn].find((arn) =>
      this.#canSend(subscription, arn),
    );
    if (target !== subscription.endpoint) {
      const failure = "the queue does not exist, or its policy does not let the topic send to it";
      onMissed({ subscription, publication, failure });
    }
    if (!target) return;
    const body = this.#bodyFor(subscription, publication, messageId);
    const attributes = subscription.rawDelivery ? publication.attributes : {};
    for (const delayMs of faults.deliveries(target, publication.message)) {
      queues.send(target, body, delayMs, attributes);
    }
  }

  /**
   * Posts to a web hook in the background. After the last retry, the message goes to the subscription's dead-letter
   * queue.
   */
  sendToWebHook(subscription: SubscriptionSettings, publication: Publication, messageId: string): void {
    const { endpoint, rawDelivery, deadLetterQueueArn } = subscription;
    const { queues, onMissed } = this.#services;
    const body = this.#bodyFor(subscription, publication, messageId);
    this.#webHooks.send({
      url: endpoint,
      headers: {
        ...headersOf(subscription, "Notification", messageId),
        "x-amz-sns-subscription-arn": subscription.arn,
        ...(rawDelivery && { "x-amz-sns-rawdelivery": "true" }),
      },
      body,
      onFailed: (failure) => {
        onMissed({ subscription, publication, failure });
        if (this.#canSend(subscription, deadLetterQueueArn)) {
          queues.send(deadLetterQueueArn, body, 0, rawDelivery ? publication.attributes : {});
        }
      },
    });
  }

  /** Posts a request to confirm the subscription to a web hook. */
  requestConfirmation(subscription: SubscriptionSettings, token: string): void {
    const { clock, baseUrl, onMissed } = this.#services;
    const { topicArn, endpoint } = subscription;
    const messageId = randomUUID();
    const parameters = new URLSearchParams({
      Action: "ConfirmSubscription",
      TopicArn: topicArn,
      Token: token,
    });
    const subscribeUrl = `${baseUrl()}/?${parameters}`;
    const confirmation = subscriptionConfirmation(topicArn, {
      messageId,
      token,
      subscribeUrl,
      at: clock.now(),
    });
    this.#webHooks.send({
      url: endpoint,
      headers: headersOf(subscription, "SubscriptionConfirmation", messageId),
      body: JSON.stringify(this.#signed(confirmation, topicArn)),
      onFailed: (failure) => onMissed({ subscription, failure }),
    });
  }

  /** Stops the deliveries in progress and the retries. */
  close(): void {
    this.#webHooks.close();
  }

  #canSend({ topicArn }: SubscriptionSettings, queueArn: string | undefined): queueArn is string {
    const { queues, maySend } = this.#services;
    return queueArn !== undefined && queues.has(queueArn) && maySend(topicArn, queueArn);
  }

  #bodyFor(subscription: SubscriptionSettings, publication: Publication, messageId: string): string {
    if (subscription.rawDelivery) return publication.message;
    const { clock, baseUrl } = this.#services;
    const document = notification(publication, messageId, clock.now());
    const parameters = new URLSearchParams({ Action: "Unsubscribe", SubscriptionArn: subscription.arn });
    return JSON.stringify({
      ...this.#signed(document, subscription.topicArn),
      UnsubscribeURL: `${baseUrl()}/?${parameters}`,
    });
  }

  #signed(document: SnsDocument, topicArn: string): SnsDocument {
    return this.signer.sign(document, this.#signatureVersionOf(topicArn), this.#services.baseUrl());
  }
}

/** Returns the headers of a POST, https://docs.aws.amazon.com/sns/latest/dg/http-header.html. */
function headersOf(
  { topicArn }: SubscriptionSettings,
  type: string,
  messageId: string,
): Record<string, string> {
  return {
    "x-amz-sns-message-type": type,
    "x-amz-sns-message-id": messageId,
    "x-amz-sns-topic-arn": topicArn,
    "content-type": "text/plain; charset=UTF-8",
    "user-agent": "Amazon Simple Notification Service Agent",
  };
}
