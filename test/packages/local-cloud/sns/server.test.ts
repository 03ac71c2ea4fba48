import type { Server } from "node:http";
import { DatabaseSync } from "node:sqlite";
import {
  ConfirmSubscriptionCommand,
  ListSubscriptionsByTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { expect } from "chai";
import { Credentials } from "../../../../packages/local-cloud/credentials.ts";
import { noFaults } from "../../../../packages/local-cloud/faults.ts";
import { close, listen } from "../../../../packages/local-cloud/listen.ts";
import { createSnsServer, type SnsServerOptions } from "../../../../packages/local-cloud/sns/server.ts";
import { type MissedDelivery, Topics } from "../../../../packages/local-cloud/sns/topics.ts";
import { Queues } from "../../../../packages/local-cloud/sqs/queues.ts";
import { until } from "../../../support/until.ts";
import { FakeClock } from "../fake-clock.ts";
import { startReceiver } from "./receiver.ts";

const region = "ap-northeast-1";
const TopicArn = `arn:aws:sns:${region}:111111111111:conversions`;
const queueArn = (name: string) => `arn:aws:sqs:${region}:111111111111:${name}`;
const developer = "arn:aws:iam::111111111111:user/developer";

async function start(options: Pick<SnsServerOptions, "authorize"> = {}) {
  const clock = new FakeClock();
  const queues = new Queues(
    new DatabaseSync(":memory:"),
    clock,
    ["events", "lost"].map((name) => ({
      arn: queueArn(name),
      visibilityTimeoutSeconds: 30,
      messageRetentionSeconds: 345_600,
    })),
  );
  const missed: MissedDelivery[] = [];
  let endpoint = "";
  const topics = new Topics(
    { queues, clock, faults: noFaults, baseUrl: () => endpoint, onMissed: (each) => missed.push(each) },
    [{ arn: TopicArn }],
    [],
  );
  const credentials = new Credentials();
  const server: Server = createSnsServer({ topics, credentials, region, faults: noFaults, ...options });
  endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  const client = new SNSClient({
    endpoint,
    region,
    credentials: credentials.issue(developer),
    maxAttempts: 1,
  });
  const bodies = (name: string) => queues.receive(queueArn(name), 10).map(({ body }) => body);
  const stop = async () => {
    client.destroy();
    topics.close();
    await close(server);
  };
  return { clock, topics, client, bodies, missed, endpoint, stop };
}

const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
const refusal = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail("expected a refusal"),
    (error) => error,
  );

describe("the SNS endpoint", () => {
  let running: Awaited<ReturnType<typeof start>>;
  let receiver: Awaited<ReturnType<typeof startReceiver>> | undefined;
  const open = async (options?: Parameters<typeof start>[0]) => {
    running = await start(options);
    return running;
  };
  afterEach(async () => {
    await running.stop();
    await receiver?.stop();
    receiver = undefined;
  });
  const subscribe = (Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}) =>
    running.client.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }));

  it("subscribes a queue with a filter, publishes to it and unsubscribes it", async () => {
    const { client, bodies } = await open();
    const { SubscriptionArn } = await subscribe("sqs", queueArn("events"), {
      RawMessageDelivery: "true",
      FilterPolicy: JSON.stringify({ state: ["failed"] }),
    });
    expect(SubscriptionArn).to.match(new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`));
    const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).to.deep.equal([
      { SubscriptionArn, Owner: "111111111111", Protocol: "sqs", Endpoint: queueArn("events"), TopicArn },
    ]);
    for (const state of ["ready", "failed"]) {
      const MessageAttributes = { state: attribute(state) };
      await client.send(new PublishCommand({ TopicArn, Message: state, MessageAttributes }));
    }
    expect(bodies("events")).to.deep.equal(["failed"]);
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    await client.send(
      new PublishCommand({ TopicArn, Message: "x", MessageAttributes: { state: attribute("failed") } }),
    );
    expect(bodies("events")).to.deep.equal([]);
  });

  it("publishes a batch of messages", async () => {
    const { client, bodies } = await open();
    await subscribe("sqs", queueArn("events"), {
      RawMessageDelivery: "true",
      FilterPolicy: JSON.stringify({ n: ["2", "3"] }),
    });
    const PublishBatchRequestEntries = ["1", "2", "3"].map((n) => ({
      Id: n,
      Message: `message ${n}`,
      MessageAttributes: { n: attribute(n) },
    }));
    const { Successful } = await client.send(
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }),
    );
    expect(Successful?.map(({ Id }) => Id)).to.deep.equal(["1", "2", "3"]);
    expect(bodies("events")).to.have.members(["message 2", "message 3"]);
  });

  it("asks a web hook to confirm its subscription, and posts messages only after that", async () => {
    const { client } = await open();
    receiver = await startReceiver();
    const { SubscriptionArn } = await subscribe("http", receiver.url);
    expect(SubscriptionArn).to.equal("pending confirmation");
    const [confirmation] = await receiver.until(1);
    expect(confirmation?.headers).to.include({
      "x-amz-sns-message-type": "SubscriptionConfirmation",
      "x-amz-sns-topic-arn": TopicArn,
    });
    await client.send(new PublishCommand({ TopicArn, Message: "too early" }));
    const { Token, SubscribeURL } = JSON.parse(confirmation?.body ?? "");
    expect((await fetch(SubscribeURL)).status).to.equal(200);
    const again = await refusal(client.send(new ConfirmSubscriptionCommand({ TopicArn, Token })));
    expect(again.message).to.contain("Token");
    await client.send(new PublishCommand({ TopicArn, Message: "in time" }));
    const [, delivered] = await receiver.until(2);
    expect(delivered?.headers).to.include({ "x-amz-sns-message-type": "Notification" });
    expect(delivered?.headers["content-type"]).to.equal("text/plain; charset=UTF-8");
    const { Message, UnsubscribeURL } = JSON.parse(delivered?.body ?? "");
    expect(Message).to.equal("in time");
    expect((await fetch(UnsubscribeURL)).status).to.equal(200);
    expect(running.topics.subscriptionsOf(TopicArn)).to.deep.equal([]);
  });

  it("posts the message without an envelope with raw delivery", async () => {
    const { client } = await open();
    receiver = await startReceiver();
    await subscribe("http", receiver.url, { RawMessageDelivery: "true" });
    const [confirmation] = await receiver.until(1);
    await fetch(JSON.parse(confirmation?.body ?? "").SubscribeURL);
    await client.send(new PublishCommand({ TopicArn, Message: "raw" }));
    const [, delivered] = await receiver.until(2);
    expect(delivered?.body).to.equal("raw");
    expect(delivered?.headers).to.include({ "x-amz-sns-rawdelivery": "true" });
  });

  const toHook = async (statuses: number[]) => {
    await open();
    receiver = await startReceiver(statuses);
    const settings = {
      arn: `${TopicArn}:hook`,
      topicArn: TopicArn,
      protocol: "http",
      endpoint: receiver.url,
      rawDelivery: true,
      filterScope: "MessageAttributes",
      deadLetterQueueArn: queueArn("lost"),
    } as const;
    running.topics.subscribe(settings, { trusted: true });
    await receiver.until(1);
    running.topics.publish({ topicArn: TopicArn, message: "event" });
    return receiver;
  };

  it("retries a failing web hook three times, then sends the message to the dead-letter queue", async () => {
    const hook = await toHook([200, 500, 503, 429, 500]);
    const passTime = setInterval(() => running.clock.advance(1_000), 5);
    await until(() => running.missed.length > 0).finally(() => clearInterval(passTime));
    expect(hook.received.slice(1).map(({ body }) => body)).to.deep.equal(Array(4).fill("event"));
    expect(
      new Set(hook.received.slice(1).map(({ headers }) => headers["x-amz-sns-message-id"])).size,
    ).to.equal(1);
    expect(running.missed[0]?.failure).to.equal(`${hook.url} answered 500`);
    expect(running.bodies("lost")).to.deep.equal(["event"]);
  });

  it("does not retry a web hook that refuses the request with 4xx", async () => {
    const hook = await toHook([200, 404]);
    await until(() => running.missed.length > 0);
    expect(hook.received).to.have.length(2);
    expect(running.bodies("lost")).to.deep.equal(["event"]);
  });

  it("contacts no other host and no mailbox, and reports these messages as missed", async () => {
    const { topics, missed } = await open();
    for (const [protocol, endpoint] of [
      ["email", "people@example.com"],
      ["https", "https://hooks.example.com/henkan"],
    ] as const) {
      const arn = `${TopicArn}:${protocol}`;
      topics.subscribe({
        arn,
        topicArn: TopicArn,
        protocol,
        endpoint,
        rawDelivery: false,
        filterScope: "MessageAttributes",
      });
    }
    topics.publish({ topicArn: TopicArn, message: "event" });
    expect(missed.map(({ subscription, failure }) => [subscription.endpoint, failure])).to.deep.equal([
      ["people@example.com", undefined],
      ["https://hooks.example.com/henkan", undefined],
    ]);
  });

  it("refuses invalid requests with the codes of SNS", async () => {
    const { client } = await open();
    await subscribe("sqs", queueArn("events"));
    const other = "arn:aws:sns:ap-northeast-1:111111111111:other";
    const attempts: [code: string, part: string, attempt: Promise<unknown>][] = [
      [
        "NotFoundException",
        "Topic does not exist",
        client.send(new PublishCommand({ TopicArn: other, Message: "x" })),
      ],
      ["InvalidParameterException", "not lambda", subscribe("lambda", "arn:aws:lambda:x")],
      ["InvalidParameterException", "on this machine", subscribe("https", "https://hooks.example.com/")],
      [
        "InvalidParameterException",
        "FilterPolicy",
        subscribe("sqs", queueArn("lost"), { FilterPolicy: "{" }),
      ],
      [
        "InvalidParameterException",
        "already exists with different attributes",
        subscribe("sqs", queueArn("events"), { RawMessageDelivery: "true" }),
      ],
    ];
    for (const [code, part, attempt] of attempts) {
      const error = await refusal(attempt);
      expect(error.name, part).to.equal(code);
      expect(error.message).to.contain(part);
    }
  });

  it("checks the permission to subscribe, with the endpoint and the protocol", async () => {
    const checked: object[] = [];
    await open({
      authorize: (request) => {
        checked.push(request);
        return false;
      },
    });
    const denied = await refusal(subscribe("sqs", queueArn("events")));
    expect(denied.name).to.equal("AuthorizationErrorException");
    expect(checked).to.deep.equal([
      {
        principal: developer,
        action: "sns:Subscribe",
        resource: TopicArn,
        snsEndpoint: queueArn("events"),
        snsProtocol: "sqs",
      },
    ]);
  });
});
