import type * as aws from "@pulumi/aws";
import { asUuid, type Context, emulated, type ResourceTypes } from "./resource-type.ts";

/** SNS and SQS. */
export const messaging = {
  "aws:sns/topic:Topic": emulated<aws.sns.TopicArgs>(({ physicalName: name, arn }) => ({
    id: arn("sns", name),
    name,
    arn: arn("sns", name),
  })),
  "aws:sns/topicPolicy:TopicPolicy": emulated<aws.sns.TopicPolicyArgs>(({ inputs }) => ({
    id: String(inputs.arn),
  })),
  "aws:sns/topicSubscription:TopicSubscription": emulated<aws.sns.TopicSubscriptionArgs>(
    ({ inputs, token }) => {
      const arn = `${inputs.topic}:${asUuid(token(32))}`;
      return { id: arn, arn };
    },
  ),
  "aws:sqs/queue:Queue": emulated<aws.sqs.QueueArgs>(({ physicalName: name, arn, region, accountId }) => {
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
    return { id: url, name, url, arn: arn("sqs", name) };
  }),
  "aws:sqs/queuePolicy:QueuePolicy": emulated<aws.sqs.QueuePolicyArgs>(ofQueue),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": emulated<aws.sqs.RedriveAllowPolicyArgs>(ofQueue),
} satisfies ResourceTypes;

/** Returns the queue's URL as the id of a resource that configures the queue. */
function ofQueue({ inputs }: Context) {
  return { id: String(inputs.queueUrl) };
}
