import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, policyDocument, type Statement } from "./policies.ts";

export interface ConversionsTopicArgs {
  /** Customer managed key of the messages; they lie unencrypted when absent. */
  readonly keyArn: pulumi.Input<string> | undefined;
  /** ARNs of queues in other accounts: their owners may subscribe them, and nothing else. */
  readonly queuesElsewhere: readonly string[];
}

/** Says of every finished variant how it ended; message attributes `state`, `variant` and `converter`. */
export class ConversionsTopic extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(
    name: string,
    { keyArn, queuesElsewhere }: ConversionsTopicArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("henkan:events:ConversionsTopic", name, {}, opts);
    this.topic = new aws.sns.Topic(
      `${name}-topic`,
      { tracingConfig: "Active", signatureVersion: 2, ...(keyArn && { kmsMasterKeyId: keyArn }) },
      { parent: this },
    );
    new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: this.topic.arn,
        policy: policyDocument(
          denyInsecureTransport("sns:Publish", this.topic.arn),
          ...queuesElsewhere.map((queueArn) => allowSubscribing(queueArn, this.topic.arn)),
        ),
      },
      { parent: this },
    );
    this.registerOutputs({ topic: this.topic });
  }
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html */
function allowSubscribing(queueArn: string, topicArn: pulumi.Input<string>): Statement {
  const account = queueArn.split(":")[4];
  return {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "sns:Subscribe",
    Resource: topicArn,
    Condition: { StringEquals: { "sns:Protocol": "sqs", "sns:Endpoint": queueArn } },
  };
}
