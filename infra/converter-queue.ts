import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { QueueAddresses } from "../contract/stack-outputs.ts";
import type { ConverterDefinition } from "../converters/converter.ts";
import { allowService, denyInsecureTransport, policyDocument } from "./policies.ts";
import type { StageContext } from "./stage.ts";

export interface ConverterQueueArgs {
  readonly topicArn: pulumi.Input<string>;
  readonly accepts: ConverterDefinition["accepts"];
  /** The timeout of the function that consumes the queue. */
  readonly timeoutSeconds: number;
  readonly stage: StageContext;
}

const day = 86_400;
const retentionSeconds = 4 * day;
/** Longer than the queue's own retention, since a message keeps its age when it moves. The most that SQS allows. */
const deadLetterRetentionSeconds = 14 * day;
/** The fewest receives that AWS advises before a Lambda consumer's message counts as dead. */
const maxReceiveCount = 5;
/** Leaves time for Lambda's retries, https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html. */
const visibilityPerTimeout = 6;

/** The queue of uploads that one converter accepts: subscription → queue → dead-letter queue. */
export class ConverterQueue extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;
  /** The queue of messages that the converter failed on five times. */
  readonly deadLetterQueue: aws.sqs.Queue;
  /** The queue of messages that SNS could not deliver. */
  readonly undelivered: aws.sqs.Queue;

  constructor(name: string, args: ConverterQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:events:ConverterQueue", name, {}, opts);
    const { topicArn, accepts, timeoutSeconds, stage } = args;
    const { keys } = stage;
    const encryption = keys ? { kmsMasterKeyId: keys.messages.arn } : { sqsManagedSseEnabled: true };
    this.deadLetterQueue = this.#queue(`${name}-dlq`, {
      ...encryption,
      messageRetentionSeconds: deadLetterRetentionSeconds,
    });
    this.undelivered = this.#queue(`${name}-undelivered`, {
      ...encryption,
      messageRetentionSeconds: deadLetterRetentionSeconds,
    });
    this.queue = this.#queue(`${name}-queue`, {
      ...encryption,
      messageRetentionSeconds: retentionSeconds,
      visibilityTimeoutSeconds: visibilityPerTimeout * timeoutSeconds,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.deadLetterQueue.arn, maxReceiveCount }),
    });
    new aws.sqs.RedriveAllowPolicy(
      `${name}-dlq-redrive-allow`,
      {
        queueUrl: this.deadLetterQueue.url,
        redriveAllowPolicy: pulumi.jsonStringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [this.queue.arn],
        }),
      },
      { parent: this },
    );
    const { arn, url: queueUrl } = this.deadLetterQueue;
    new aws.sqs.QueuePolicy(
      `${name}-dlq-policy`,
      { queueUrl, policy: policyDocument(denyInsecureTransport("sqs:*", arn)) },
      { parent: this },
    );
    const policies = [
      this.#allowTopic(`${name}-queue-policy`, this.queue, topicArn),
      this.#allowTopic(`${name}-undelivered-policy`, this.undelivered, topicArn),
    ];
    new aws.sns.TopicSubscription(
      `${name}-subscription`,
      {
        topic: topicArn,
        protocol: "sqs",
        endpoint: this.queue.arn,
        rawMessageDelivery: true,
        filterPolicyScope: "MessageBody",
        filterPolicy: JSON.stringify(uploadFilter(accepts)),
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.undelivered.arn }),
      },
      { parent: this, dependsOn: policies },
    );
    this.registerOutputs({ queue: this.queue, deadLetterQueue: this.deadLetterQueue });
  }

  /** The addresses of the three queues, for the operator's commands. */
  get addresses(): pulumi.Output<QueueAddresses> {
    const { queue, deadLetterQueue, undelivered } = this;
    return pulumi.output({
      url: queue.url,
      arn: queue.arn,
      deadLetterUrl: deadLetterQueue.url,
      deadLetterArn: deadLetterQueue.arn,
      undeliveredUrl: undelivered.url,
      undeliveredArn: undelivered.arn,
    });
  }

  #queue(name: string, args: aws.sqs.QueueArgs): aws.sqs.Queue {
    return new aws.sqs.Queue(name, args, { parent: this });
  }

  #allowTopic(name: string, queue: aws.sqs.Queue, topicArn: pulumi.Input<string>): aws.sqs.QueuePolicy {
    const policy = policyDocument(
      allowService("sns.amazonaws.com", "sqs:SendMessage", queue.arn, { arn: topicArn }),
      denyInsecureTransport("sqs:*", queue.arn),
    );
    return new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy }, { parent: this });
  }
}

/**
 * An SNS filter policy on the S3 event: `key` holds a value, so that `s3:TestEvent`, which has no records,
 * reaches no queue.
 */
function uploadFilter(accepts: ConverterDefinition["accepts"]) {
  const key =
    accepts === "any" ? [{ exists: true }] : accepts.map(({ extension }) => ({ suffix: extension }));
  return { Records: { s3: { object: { key } } } };
}
