import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { endpointOf, type NotifySubscription } from "./config/notify.ts";
import { useOfKey } from "./encryption-key.ts";
import { allowService, denyInsecureTransport, type PolicyStatement, policyDocument } from "./policies.ts";
import type { StageContext } from "./stage.ts";

export interface NotificationsArgs {
  readonly topicArn: pulumi.Input<string>;
  /** Subscriptions of mailboxes, web hooks, and queues of this account. */
  readonly subscriptions: readonly NotifySubscription[];
  readonly stage: StageContext;
}

/** The longest that SQS keeps messages: 14 days. */
const retentionSeconds = 1_209_600;

/** Subscriptions to the conversions topic, as `henkan:notify` declares them. */
export class Notifications extends pulumi.ComponentResource {
  /** The queue of messages that SNS could not deliver to web hooks and queues; SNS offers none for mailboxes. */
  readonly undelivered: aws.sqs.Queue | undefined;
  readonly #topicArn: pulumi.Input<string>;

  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:events:Notifications", name, {}, opts);
    const { topicArn, subscriptions, stage } = args;
    this.#topicArn = topicArn;
    const undelivered = subscriptions.some(({ email }) => !email)
      ? this.#undelivered(`${name}-undelivered`, topicArn, stage)
      : undefined;
    for (const subscription of subscriptions) {
      const { kind, endpoint } = endpointOf(subscription);
      new aws.sns.TopicSubscription(
        `${name}-${nameOf(kind, endpoint)}`,
        {
          topic: topicArn,
          protocol: kind === "queue" ? "sqs" : kind,
          endpoint,
          rawMessageDelivery: subscription.raw,
          ...filterOf(subscription),
          ...(undelivered &&
            kind !== "email" && {
              redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: undelivered.queue.arn }),
            }),
        },
        { parent: this, ...(undelivered && { dependsOn: undelivered.policy }) },
      );
    }
    this.undelivered = undelivered?.queue;
    this.registerOutputs({ undelivered: this.undelivered });
  }

  /** Returns the grants that the topic needs on the key of the messages to send to queues. */
  keyStatements(keyArn: pulumi.Output<string>): PolicyStatement[] {
    if (!this.undelivered) return [];
    return [allowService("sns.amazonaws.com", useOfKey, keyArn, { arn: this.#topicArn })];
  }

  #undelivered(name: string, topicArn: pulumi.Input<string>, { keys }: StageContext) {
    const queue = new aws.sqs.Queue(
      name,
      {
        messageRetentionSeconds: retentionSeconds,
        ...(keys ? { kmsMasterKeyId: keys.messages.arn } : { sqsManagedSseEnabled: true }),
      },
      { parent: this },
    );
    const policy = new aws.sqs.QueuePolicy(
      `${name}-policy`,
      {
        queueUrl: queue.url,
        policy: policyDocument(
          allowService("sns.amazonaws.com", "sqs:SendMessage", queue.arn, { arn: topicArn }),
          denyInsecureTransport("sqs:*", queue.arn),
        ),
      },
      { parent: this },
    );
    return { queue, policy };
  }
}

function filterOf({ state, variant, converter }: NotifySubscription) {
  if (!state && !variant && !converter) return {};
  const filter = { ...(state && { state }), ...(variant && { variant }), ...(converter && { converter }) };
  return { filterPolicyScope: "MessageAttributes", filterPolicy: JSON.stringify(filter) };
}

/**
 * Returns a readable name that differs between endpoints. Web hook paths often contain secrets, so the name uses only
 * the host and a hash.
 */
function nameOf(kind: string, endpoint: string): string {
  const readable = kind === "https" ? new URL(endpoint).host : endpoint.replace(/^arn:aws:sqs:.*:/, "");
  const hash = createHash("sha256").update(endpoint).digest("hex").slice(0, 8);
  return `${readable.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 40)}-${hash}`;
}
