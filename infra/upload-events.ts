import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allowService, denyInsecureTransport, policyDocument } from "./policies.ts";

export interface UploadEventsArgs {
  readonly bucket: aws.s3.Bucket;
  readonly accountId: string;
}

/** Says of every upload that it has arrived, on one topic. */
export class UploadEvents extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(name: string, { bucket, accountId }: UploadEventsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:events:UploadEvents", name, {}, opts);
    this.topic = new aws.sns.Topic(`${name}-topic`, {}, { parent: this });
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
    // S3 publishes a test event before it accepts the configuration, and a bucket has one configuration in all.
    new aws.s3.BucketNotification(
      `${name}-notification`,
      { bucket: bucket.bucket, topics: [{ topicArn: this.topic.arn, events: ["s3:ObjectCreated:*"] }] },
      { parent: this, dependsOn: [policy] },
    );
    this.registerOutputs({ topic: this.topic });
  }
}
