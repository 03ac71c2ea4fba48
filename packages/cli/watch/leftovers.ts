import { paginateListSubscriptionsByTopic, SNSClient, UnsubscribeCommand } from "@aws-sdk/client-sns";
import { DeleteQueueCommand, paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { explained } from "../aws-refusals.ts";
import type { Target } from "../target.ts";
import { watchQueuePrefix } from "./event-queue.ts";

/** Returns the URLs of the queues of all who watch the stage, and of those whose command was killed. */
export async function watchQueues(target: Target): Promise<string[]> {
  const client = new SQSClient(target.clientConfig("sqs"));
  try {
    return await explained("sqs:ListQueues", async () => {
      const urls: string[] = [];
      const QueueNamePrefix = watchQueuePrefix(target.stage);
      for await (const { QueueUrls = [] } of paginateListQueues(
        { client },
        { QueueNamePrefix, MaxResults: 100 },
      )) {
        urls.push(...QueueUrls);
      }
      return urls;
    });
  } finally {
    client.destroy();
  }
}

/** Removes the queues with their subscriptions. */
export async function removeWatchQueues(target: Target, urls: readonly string[]): Promise<void> {
  const sqs = new SQSClient(target.clientConfig("sqs"));
  const sns = new SNSClient(target.clientConfig("sns"));
  try {
    const names = urls.map(queueName);
    for (const { arn, endpoint } of await subscriptions(sns, target.outputs.conversionsTopicArn)) {
      if (!names.some((name) => endpoint.endsWith(`:${name}`))) continue;
      await explained(`sns:Unsubscribe on ${arn}`, () =>
        sns.send(new UnsubscribeCommand({ SubscriptionArn: arn })),
      );
    }
    for (const QueueUrl of urls) {
      await explained(`sqs:DeleteQueue on ${queueName(QueueUrl)}`, () =>
        sqs.send(new DeleteQueueCommand({ QueueUrl })),
      );
    }
  } finally {
    sqs.destroy();
    sns.destroy();
  }
}

/** Returns the name of a queue, the end of its URL. */
export function queueName(url: string): string {
  return url.split("/").at(-1) ?? "";
}

async function subscriptions(
  client: SNSClient,
  TopicArn: string,
): Promise<{ arn: string; endpoint: string }[]> {
  return explained(`sns:ListSubscriptionsByTopic on ${TopicArn}`, async () => {
    const found: { arn: string; endpoint: string }[] = [];
    for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
      found.push(
        ...Subscriptions.map(({ SubscriptionArn = "", Endpoint = "" }) => ({
          arn: SubscriptionArn,
          endpoint: Endpoint,
        })),
      );
    }
    return found;
  });
}
