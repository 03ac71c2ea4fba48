import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { endpointOf, type NotifySubscription } from "./config/notify.ts";
import { allowService, denyInsecureTransport, policyDocument } from "./policies.ts";

export interface NotificationsArgs {
  readonly topicArn: pulumi.Input<string>;
  /** Of people, web hooks, and queues of this account. */
  readonly subscriptions: readonly NotifySubscription[];
  /** Customer managed key of what could not be delivered; SQS's own when absent. */
  readonly keyArn: pulumi.Input<string> | undefined;
}

/** The longest SQS keeps messages: 14 days. */
const retentionSeconds = 1_209_600;

/** Who hears what became of the variants: subscriptions to the conversions topic. */
export class Notifications extends pulumi.ComponentResource {
  /** What could not be delivered to web hooks and queues; mailboxes have no such thing. */
  readonly undelivered: aws.sqs.Queue | undefined;

  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:events:Notifications", name, {}, opts);
    const { topicArn, subscriptions, keyArn } = args;
    const undelivered = subscriptions.some(({ email }) => !email)
      ? this.#undelivered(`${name}-undelivered`, topicArn, keyArn)
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

  #undelivered(name: string, topicArn: pulumi.Input<string>, keyArn: pulumi.Input<string> | undefined) {
    const queue = new aws.sqs.Queue(
      name,
      {
        messageRetentionSeconds: retentionSeconds,
        ...(keyArn ? { kmsMasterKeyId: keyArn } : { sqsManagedSseEnabled: true }),
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
 * Readable, and different for different endpoints. The path of a web hook is a secret to many services: of it a name
 * has nothing but the hash.
 */
function nameOf(kind: string, endpoint: string): string {
  const readable = kind === "https" ? new URL(endpoint).host : endpoint.replace(/^arn:aws:sqs:.*:/, "");
  const hash = createHash("sha256").update(endpoint).digest("hex").slice(0, 8);
  return `${readable.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 40)}-${hash}`;
}
