import { verify, X509Certificate } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { type FaultInjector, noFaults } from "../../../../packages/local-cloud/faults.ts";
import {
  type SubscriptionSettings,
  type TopicServices,
  Topics,
} from "../../../../packages/local-cloud/sns/topics.ts";
import { Queues } from "../../../../packages/local-cloud/sqs/queues.ts";
import { FakeClock } from "../fake-clock.ts";

const topicArn = "arn:aws:sns:ap-northeast-1:111111111111:uploads";
const queueArn = (name: string) => `arn:aws:sqs:ap-northeast-1:111111111111:${name}`;
const raw = (queue: string, filterPolicy?: SubscriptionSettings["filterPolicy"]): SubscriptionSettings => ({
  arn: `${topicArn}:${queue}`,
  topicArn,
  protocol: "sqs",
  endpoint: queueArn(queue),
  rawDelivery: true,
  filterPolicy,
  filterScope: "MessageBody",
});

function setUp(
  subscriptions: SubscriptionSettings[],
  faults: Partial<FaultInjector> = {},
  maySend?: TopicServices["maySend"],
) {
  const clock = new FakeClock();
  const queues = new Queues(
    new DatabaseSync(":memory:"),
    clock,
    ["png", "any", "dlq"].map((name) => ({
      arn: queueArn(name),
      visibilityTimeoutSeconds: 30,
      messageRetentionSeconds: 345_600,
    })),
  );
  const topics = new Topics(
    {
      queues,
      clock,
      faults: { ...noFaults, ...faults },
      baseUrl: () => "http://sns.test",
      ...(maySend && { maySend }),
    },
    [{ arn: topicArn }],
    subscriptions,
  );
  const receive = (name: string) => queues.receive(queueArn(name), 10);
  const bodies = (name: string) => receive(name).map(({ body }) => body);
  return { clock, topics, receive, bodies };
}

describe("Topics", () => {
  it("sends a publication to every subscription whose filter accepts it", () => {
    const { topics, bodies } = setUp([raw("png", { key: [{ suffix: ".png" }] }), raw("any")]);
    topics.publish({ topicArn, message: '{"key":"a.jpg"}' });
    topics.publish({ topicArn, message: '{"key":"b.png"}' });
    expect(bodies("png")).to.deep.equal(['{"key":"b.png"}']);
    expect(bodies("any")).to.have.members(['{"key":"a.jpg"}', '{"key":"b.png"}']);
  });

  it("delivers a body that is not JSON to unfiltered subscriptions only", () => {
    const { topics, bodies } = setUp([raw("png", { key: [{ exists: true }] }), raw("any")]);
    topics.publish({ topicArn, message: "plain text" });
    expect(bodies("png")).to.deep.equal([]);
    expect(bodies("any")).to.deep.equal(["plain text"]);
  });

  it("filters by attributes in the default scope", () => {
    const { topics, bodies } = setUp([
      { ...raw("any", { state: ["failed"] }), filterScope: "MessageAttributes" },
    ]);
    for (const value of ["ready", "failed"]) {
      topics.publish({ topicArn, message: value, attributes: { state: { dataType: "String", value } } });
    }
    expect(bodies("any")).to.deep.equal(["failed"]);
  });

  it("sends the message in a signed envelope without raw delivery", async () => {
    const { topics, bodies, clock } = setUp([{ ...raw("any"), rawDelivery: false }]);
    const attributes = { state: { dataType: "String", value: "ready" } };
    const messageId = topics.publish({ topicArn, message: "body", attributes });
    const { Signature, ...document } = JSON.parse(bodies("any")[0] ?? "");
    const arn = encodeURIComponent(`${topicArn}:any`);
    expect(document).to.deep.equal({
      Type: "Notification",
      MessageId: messageId,
      TopicArn: topicArn,
      Message: "body",
      Timestamp: new Date(clock.now()).toISOString(),
      MessageAttributes: { state: { Type: "String", Value: "ready" } },
      SignatureVersion: "1",
      SigningCertURL: "http://sns.test/SimpleNotificationService-local.pem",
      UnsubscribeURL: `http://sns.test/?Action=Unsubscribe&SubscriptionArn=${arn}`,
    });
    const text = `Message\nbody\nMessageId\n${messageId}\nTimestamp\n${document.Timestamp}\nTopicArn\n${topicArn}\nType\nNotification\n`;
    const { publicKey, subject, validTo } = new X509Certificate(await topics.signer.certificate());
    expect(subject).to.equal("CN=sns.local");
    expect(Date.parse(validTo)).to.be.greaterThan(Date.now());
    const verified = verify("sha1", Buffer.from(text), publicKey, Buffer.from(Signature, "base64"));
    expect(verified).to.equal(true);
  });

  it("sends the message attributes to a queue with raw delivery", () => {
    const { topics, receive } = setUp([raw("any")]);
    const attributes = { state: { dataType: "String", value: "ready" } };
    topics.publish({ topicArn, message: "body", attributes });
    expect(receive("any")[0]?.attributes).to.deep.equal(attributes);
  });

  it("sends to the subscription's dead-letter queue when its queue does not exist", () => {
    const { topics, bodies } = setUp([{ ...raw("deleted"), deadLetterQueueArn: queueArn("dlq") }]);
    topics.publish({ topicArn, message: "kept" });
    expect(bodies("dlq")).to.deep.equal(["kept"]);
  });

  it("sends to the dead-letter queue when the queue's policy refuses, and nowhere when both refuse", () => {
    const subscription = { ...raw("any"), deadLetterQueueArn: queueArn("dlq") };
    for (const refusing of [["any"], ["any", "dlq"]]) {
      const refused = refusing.map(queueArn);
      const { topics, bodies } = setUp([subscription], {}, (_, queue) => !refused.includes(queue));
      topics.publish({ topicArn, message: "x" });
      expect([bodies("any"), bodies("dlq")]).to.deep.equal([[], refusing.length === 1 ? ["x"] : []]);
    }
  });

  it("delivers a message twice and late when a fault is injected", () => {
    const { topics, bodies, clock } = setUp([raw("any")], { deliveries: () => [200, 500] });
    topics.publish({ topicArn, message: "event" });
    expect(bodies("any")).to.deep.equal([]);
    clock.advance(500);
    expect(bodies("any")).to.deep.equal(["event", "event"]);
  });
});
