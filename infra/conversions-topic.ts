import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, type PolicyStatement, policyDocument } from "./policies.ts";
import type { StageContext } from "./stage.ts";

export interface ConversionsTopicArgs {
  readonly stage: StageContext;
  /** ARNs of queues in other accounts. Their owners may subscribe exactly these. */
  readonly queuesOfOtherAccounts: readonly string[];
}

/** The topic with one message for each finished variant; its attributes are `state`, `variant` and `converter`. */
export class ConversionsTopic extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(
    name: string,
    { stage: { keys }, queuesOfOtherAccounts }: ConversionsTopicArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("henkan:events:ConversionsTopic", name, {}, opts);
    this.topic = new aws.sns.Topic(
      `${name}-topic`,
      { tracingConfig: "Active", signatureVersion: 2, ...(keys && { kmsMasterKeyId: keys.messages.arn }) },
      { parent: this },
    );
    new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: this.topic.arn,
        policy: policyDocument(
          denyInsecureTransport("sns:Publish", this.topic.arn),
          ...queuesOfOtherAccounts.map((queueArn) => allowSubscribing(queueArn, this.topic.arn)),
        ),
      },
      { parent: this },
    );
    this.registerOutputs({ topic: this.topic });
  }
}

/**
 * Lets the account of a queue subscribe this queue and no other endpoint,
 * https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html.
 */
function allowSubscribing(queueArn: string, topicArn: pulumi.Input<string>): PolicyStatement {
  const account = queueArn.split(":")[4];
  return {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "sns:Subscribe",
    Resource: topicArn,
    Condition: { StringEquals: { "sns:Protocol": "sqs", "sns:Endpoint": queueArn } },
  };
}
