import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, policyDocument } from "./policies.ts";

export interface ConversionsTopicArgs {
  /** Customer managed key of the messages; they lie unencrypted when absent. */
  readonly keyArn: pulumi.Input<string> | undefined;
}

/** Says of every finished variant how it ended; message attributes `state`, `variant` and `converter`. */
export class ConversionsTopic extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(name: string, { keyArn }: ConversionsTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:events:ConversionsTopic", name, {}, opts);
    this.topic = new aws.sns.Topic(
      `${name}-topic`,
      { tracingConfig: "Active", ...(keyArn && { kmsMasterKeyId: keyArn }) },
      { parent: this },
    );
    new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      { arn: this.topic.arn, policy: policyDocument(denyInsecureTransport("sns:Publish", this.topic.arn)) },
      { parent: this },
    );
    this.registerOutputs({ topic: this.topic });
  }
}
