import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { uploadIdStart } from "../contract/keys.ts";
import { type EncryptionKey, useOfKey } from "./encryption-key.ts";
import { allowService, denyInsecureTransport, policyDocument } from "./policies.ts";

export interface UploadEventsArgs {
  readonly bucket: aws.s3.Bucket;
  readonly accountId: string;
  /** Customer managed key of the messages, here and in the queues; they lie unencrypted here when absent. */
  readonly key: EncryptionKey | undefined;
  /** Other topics that send to queues under the key. */
  readonly otherTopicArns: readonly pulumi.Input<string>[];
}

/** Says of every upload that it has arrived, on one topic. */
export class UploadEvents extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(
    name: string,
    { bucket, accountId, key, otherTopicArns }: UploadEventsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("henkan:events:UploadEvents", name, {}, opts);
    this.topic = new aws.sns.Topic(
      `${name}-topic`,
      { tracingConfig: "Active", ...(key && { kmsMasterKeyId: key.arn }) },
      { parent: this },
    );
    const policy = new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: this.topic.arn,
        policy: policyDocument(
          allowService("s3.amazonaws.com", "sns:Publish", this.topic.arn, {
            arn: bucket.arn,
            account: accountId,
          }),
          denyInsecureTransport("sns:Publish", this.topic.arn),
        ),
      },
      { parent: this },
    );
    const keyPolicy = key?.admit((keyArn) => [
      allowService("s3.amazonaws.com", useOfKey, keyArn, { arn: bucket.arn, account: accountId }),
      ...[this.topic.arn, ...otherTopicArns].map((arn) =>
        allowService("sns.amazonaws.com", useOfKey, keyArn, { arn }),
      ),
    ]);
    // S3 publishes a test event before it accepts the configuration, and a bucket has one configuration in all.
    new aws.s3.BucketNotification(
      `${name}-notification`,
      {
        bucket: bucket.bucket,
        topics: [{ topicArn: this.topic.arn, events: ["s3:ObjectCreated:*"], filterPrefix: uploadIdStart }],
      },
      { parent: this, dependsOn: keyPolicy ? [policy, keyPolicy] : [policy] },
    );
    this.registerOutputs({ topic: this.topic });
  }
}
