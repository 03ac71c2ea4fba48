import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { uploadIdStart } from "../contract/keys.ts";
import { useOfKey } from "./encryption-key.ts";
import { allowService, denyInsecureTransport, type PolicyStatement, policyDocument } from "./policies.ts";
import type { StageContext } from "./stage.ts";

export interface UploadEventsArgs {
  readonly bucket: aws.s3.Bucket;
  readonly stage: StageContext;
}

/** The topic on which S3 announces each upload. It stays silent until `start` connects the bucket to it. */
export class UploadEvents extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;
  readonly #name: string;
  readonly #args: UploadEventsArgs;
  readonly #topicPolicy: aws.sns.TopicPolicy;

  constructor(name: string, args: UploadEventsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:events:UploadEvents", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const { bucket, stage } = args;
    this.topic = new aws.sns.Topic(
      `${name}-topic`,
      { tracingConfig: "Active", ...(stage.keys && { kmsMasterKeyId: stage.keys.messages.arn }) },
      { parent: this },
    );
    this.#topicPolicy = new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: this.topic.arn,
        policy: policyDocument(
          allowService("s3.amazonaws.com", "sns:Publish", this.topic.arn, {
            arn: bucket.arn,
            account: stage.accountId,
          }),
          denyInsecureTransport("sns:Publish", this.topic.arn),
        ),
      },
      { parent: this },
    );
    this.registerOutputs({ topic: this.topic });
  }

  /** Returns the grants that S3 and the topic need on the key of the messages. */
  keyStatements(keyArn: pulumi.Output<string>): PolicyStatement[] {
    const { bucket, stage } = this.#args;
    return [
      allowService("s3.amazonaws.com", useOfKey, keyArn, { arn: bucket.arn, account: stage.accountId }),
      allowService("sns.amazonaws.com", useOfKey, keyArn, { arn: this.topic.arn }),
    ];
  }

  /**
   * Connects the bucket to the topic. Call it once: a bucket has one notification configuration.
   *
   * @param keyPolicy the policy of the messages' key, when there is one. S3 publishes a test event before it accepts
   * the configuration, so that S3 must be able to use the key by then.
   */
  start(keyPolicy: aws.kms.KeyPolicy | undefined): void {
    new aws.s3.BucketNotification(
      `${this.#name}-notification`,
      {
        bucket: this.#args.bucket.bucket,
        topics: [{ topicArn: this.topic.arn, events: ["s3:ObjectCreated:*"], filterPrefix: uploadIdStart }],
      },
      { parent: this, dependsOn: keyPolicy ? [this.#topicPolicy, keyPolicy] : [this.#topicPolicy] },
    );
  }
}
