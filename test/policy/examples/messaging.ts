import { denyPlainHttp, document, type Example, resource } from "./example.ts";

const topicArn = "arn:aws:sns:eu-central-1:123456789012:events";
const queueArn = "arn:aws:sqs:eu-central-1:123456789012:work";
const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/work";

const topic = (props: object) => resource("sns/Topic", "events", { arn: topicArn, ...props });
const topicPolicy = (...statements: readonly object[]) =>
  resource("sns/TopicPolicy", "events-policy", { arn: topicArn, policy: document(...statements) });
const subscription = (props: object) =>
  resource("sns/TopicSubscription", "events-to-work", { protocol: "sqs", ...props });

const queue = (props: object) => resource("sqs/Queue", "work", { arn: queueArn, url: queueUrl, ...props });
const queuePolicy = (...statements: readonly object[]) =>
  resource("sqs/QueuePolicy", "work-policy", { queueUrl, policy: document(...statements) });
const consumer = resource("lambda/EventSourceMapping", "consumer", { eventSourceArn: queueArn });
const redrive = (maxReceiveCount: number) => ({
  redrivePolicy: JSON.stringify({ deadLetterTargetArn: `${queueArn}-dead`, maxReceiveCount }),
});

export const messagingExamples: readonly Example[] = [
  {
    rule: "sns-encryption",
    broken: [topic({})],
    says: ["Topic events has no KMS key"],
    sound: [topic({ kmsMasterKeyId: "alias/events" })],
  },
  {
    rule: "sns-has-policy",
    broken: [topic({})],
    says: ["Topic events has no resource policy"],
    sound: [topic({}), topicPolicy()],
  },
  {
    rule: "sns-tls-only",
    broken: [topicPolicy({ ...denyPlainHttp("sns:Publish", topicArn), Effect: "Allow" })],
    says: ["TopicPolicy events-policy allows plain HTTP"],
    sound: [topicPolicy(denyPlainHttp("sns:Publish", topicArn))],
  },
  {
    rule: "sns-not-public",
    broken: [topicPolicy({ Principal: { AWS: "*" }, Action: "sns:Subscribe", Resource: topicArn })],
    says: ["TopicPolicy events-policy allows any principal sns:Subscribe"],
    sound: [topicPolicy(denyPlainHttp("sns:Publish", topicArn))],
  },
  {
    rule: "sns-dead-letters",
    broken: [subscription({})],
    says: ["TopicSubscription events-to-work drops undelivered messages"],
    sound: [subscription({ redrivePolicy: JSON.stringify({ deadLetterTargetArn: `${queueArn}-lost` }) })],
  },
  {
    rule: "sns-https-subscriptions",
    broken: [subscription({ protocol: "http", endpoint: "http://www.example.com/hook" })],
    says: ["TopicSubscription events-to-work delivers over plain HTTP"],
    sound: [subscription({ protocol: "https" }), subscription({ protocol: "email" })],
  },
  {
    rule: "sqs-encryption",
    broken: [queue({ sqsManagedSseEnabled: false })],
    says: ["Queue work is not encrypted"],
    sound: [queue({ sqsManagedSseEnabled: true })],
  },
  {
    rule: "sqs-has-policy",
    broken: [queue({})],
    says: ["Queue work has no resource policy"],
    sound: [queue({}), queuePolicy()],
  },
  {
    rule: "sqs-tls-only",
    broken: [queuePolicy(denyPlainHttp("sqs:SendMessage", queueArn))],
    says: ["QueuePolicy work-policy allows plain HTTP"],
    sound: [queuePolicy(denyPlainHttp("sqs:*", queueArn))],
  },
  {
    rule: "sqs-not-public",
    broken: [queuePolicy({ Principal: "*", Action: ["sqs:SendMessage", "sqs:ReceiveMessage"] })],
    says: ["QueuePolicy work-policy allows any principal sqs:SendMessage, sqs:ReceiveMessage"],
    sound: [queuePolicy({ Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage" })],
  },
  {
    rule: "sqs-dead-letters",
    broken: [queue({}), consumer],
    says: ["Queue work has a function as consumer and no dead-letter queue"],
    sound: [queue(redrive(5)), consumer],
  },
  {
    rule: "sqs-dead-letters",
    broken: [queue(redrive(1)), consumer],
    says: ["Queue work gives up on a message after 1 receives"],
    sound: [queue({})],
  },
];
