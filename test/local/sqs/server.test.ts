import type { Server } from "node:http";
import { DatabaseSync } from "node:sqlite";
import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type Clock, systemClock } from "../../../local/clock.ts";
import { Credentials } from "../../../local/credentials.ts";
import { close, listen } from "../../../local/listen.ts";
import { MoveTasks } from "../../../local/sqs/move-tasks.ts";
import { Queues } from "../../../local/sqs/queues.ts";
import { createSqsServer, type SqsServerOptions } from "../../../local/sqs/server.ts";
import { FakeClock } from "../fake-clock.ts";

const region = "ap-northeast-1";
const accountId = "111111111111";
const arn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const url = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
const developer = "arn:aws:iam::111111111111:user/developer";

interface Running {
  readonly server: Server;
  readonly client: SQSClient;
  readonly queues: Queues;
  readonly policies: Map<string, string>;
  readonly endpoint: string;
  readonly moveTasks: MoveTasks;
}

async function start({
  clock = systemClock,
  ...options
}: { clock?: Clock } & Pick<SqsServerOptions, "authorize"> = {}): Promise<Running> {
  const retention = { visibilityTimeoutSeconds: 30, messageRetentionSeconds: 345_600 };
  const queues = new Queues(new DatabaseSync(":memory:"), clock, [
    { arn: arn("work"), ...retention, redrive: { deadLetterTargetArn: arn("dead"), maxReceiveCount: 1 } },
    { arn: arn("dead"), ...retention },
    { arn: arn("plain"), ...retention },
  ]);
  const credentials = new Credentials();
  const moveTasks = new MoveTasks(queues, clock);
  const policies = new Map<string, string>();
  const server = createSqsServer({
    queues,
    moveTasks,
    clock,
    credentials,
    region,
    accountId,
    policies: {
      get: (queueArn) => policies.get(queueArn),
      set: (queueArn, policy) => {
        if (policy === undefined) policies.delete(queueArn);
        else policies.set(queueArn, JSON.stringify(JSON.parse(policy)));
      },
    },
    ...options,
  });
  const endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  const client = new SQSClient({
    endpoint,
    region,
    credentials: credentials.issue(developer),
    maxAttempts: 1,
  });
  return { server, client, queues, policies, endpoint, moveTasks };
}

const refusal = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => expect.fail("expected a refusal"),
    (error) => error,
  );

describe("the SQS endpoint", () => {
  let running: Running;
  const open = async (options?: Parameters<typeof start>[0]) => {
    running = await start(options);
    return running;
  };
  afterEach(async () => {
    running.client.destroy();
    running.moveTasks.close();
    await close(running.server);
  });
  const receive = async (name: string, more: object = {}) => {
    const { Messages = [] } = await running.client.send(
      new ReceiveMessageCommand({ QueueUrl: url(name), MaxNumberOfMessages: 10, ...more }),
    );
    return Messages;
  };

  it("sends, receives and deletes a message with its attributes", async () => {
    const { client, queues } = await open();
    const MessageAttributes = { state: { DataType: "String", StringValue: "ready" } };
    const sent = await client.send(
      new SendMessageCommand({ QueueUrl: url("plain"), MessageBody: "größer", MessageAttributes }),
    );
    const [message, ...others] = await receive("plain", {
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    expect(others).to.deep.equal([]);
    expect(message).to.deep.include({ MessageId: sent.MessageId, Body: "größer", MessageAttributes });
    expect(message?.Attributes).to.include({ ApproximateReceiveCount: "1" });
    expect(await receive("plain")).to.deep.equal([]);
    await client.send(
      new DeleteMessageCommand({ QueueUrl: url("plain"), ReceiptHandle: message?.ReceiptHandle }),
    );
    expect(queues.depth(arn("plain"))).to.equal(0);
  });

  it("sends and deletes in batches, telling of each entry", async () => {
    const { client, queues } = await open();
    const { Successful, Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: url("plain"),
        Entries: [
          { Id: "a", MessageBody: "one" },
          { Id: "b", MessageBody: "" },
        ],
      }),
    );
    expect(Successful?.map(({ Id }) => Id)).to.deep.equal(["a"]);
    expect(Failed).to.have.length(1);
    expect(Failed?.[0]).to.include({ Id: "b", Code: "MissingParameter", SenderFault: true });
    const [message] = await receive("plain");
    const Entries = [{ Id: "a", ReceiptHandle: message?.ReceiptHandle }];
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: url("plain"), Entries }));
    expect(queues.depth(arn("plain"))).to.equal(0);
  });

  it("waits for a message that is not there yet", async () => {
    const { queues } = await open();
    const waiting = receive("plain", { WaitTimeSeconds: 20 });
    setTimeout(() => queues.send(arn("plain"), "late"), 50);
    expect((await waiting).map(({ Body }) => Body)).to.deep.equal(["late"]);
  });

  it("answers with nothing when the waiting time is over", async () => {
    const clock = new FakeClock();
    await open({ clock });
    const waiting = receive("plain", { WaitTimeSeconds: 20 });
    const passTime = setInterval(() => clock.advance(5_000), 10);
    expect(await waiting.finally(() => clearInterval(passTime))).to.deep.equal([]);
  });

  it("gives a message back at once with a visibility timeout of zero", async () => {
    const { client, queues } = await open();
    queues.send(arn("plain"), "again");
    const [first] = await receive("plain", { VisibilityTimeout: 600 });
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url("plain"),
        ReceiptHandle: first?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    const [second] = await receive("plain", { MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
    expect(second).to.deep.include({ Body: "again", Attributes: { ApproximateReceiveCount: "2" } });
  });

  it("creates a queue with attributes and policy, finds it, changes it and deletes it", async () => {
    const { client, policies } = await open();
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const Attributes = { MessageRetentionPeriod: "300", Policy, SqsManagedSseEnabled: "true" };
    const created = new CreateQueueCommand({ QueueName: "watch-1", Attributes, tags: { purpose: "watch" } });
    expect((await client.send(created)).QueueUrl).to.equal(url("watch-1"));
    expect((await client.send(created)).QueueUrl, "again with the same attributes").to.equal(url("watch-1"));
    const listed = await client.send(new ListQueuesCommand({ QueueNamePrefix: "watch-" }));
    expect(listed.QueueUrls).to.deep.equal([url("watch-1")]);
    expect((await client.send(new GetQueueUrlCommand({ QueueName: "watch-1" }))).QueueUrl).to.equal(
      url("watch-1"),
    );
    await client.send(
      new SetQueueAttributesCommand({ QueueUrl: url("watch-1"), Attributes: { VisibilityTimeout: "5" } }),
    );
    const told = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url("watch-1"), AttributeNames: ["All"] }),
    );
    expect(told.Attributes).to.include({
      QueueArn: arn("watch-1"),
      VisibilityTimeout: "5",
      MessageRetentionPeriod: "300",
      ApproximateNumberOfMessages: "0",
      Policy,
    });
    await client.send(new DeleteQueueCommand({ QueueUrl: url("watch-1") }));
    expect(policies.has(arn("watch-1"))).to.equal(false);
    const gone = await refusal(client.send(new GetQueueUrlCommand({ QueueName: "watch-1" })));
    expect(gone.name).to.equal("QueueDoesNotExist");
  });

  it("refuses as SQS does", async () => {
    const { client } = await open();
    const attempts: [code: string, command: Promise<unknown>][] = [
      ["QueueDoesNotExist", client.send(new SendMessageCommand({ QueueUrl: url("none"), MessageBody: "x" }))],
      [
        "QueueNameExists",
        client.send(new CreateQueueCommand({ QueueName: "plain", Attributes: { VisibilityTimeout: "1" } })),
      ],
      [
        "InvalidAttributeName",
        client.send(new CreateQueueCommand({ QueueName: "x", Attributes: { FifoQueue: "true" } as object })),
      ],
      [
        "InvalidAttributeValue",
        client.send(new CreateQueueCommand({ QueueName: "x", Attributes: { DelaySeconds: "901" } })),
      ],
      [
        "InvalidAttributeValue",
        client.send(new CreateQueueCommand({ QueueName: "x", Attributes: { Policy: "{" } })),
      ],
      [
        "InvalidParameterValue",
        client.send(new ReceiveMessageCommand({ QueueUrl: url("plain"), MaxNumberOfMessages: 11 })),
      ],
      [
        "EmptyBatchRequest",
        client.send(new SendMessageBatchCommand({ QueueUrl: url("plain"), Entries: [] })),
      ],
      [
        "MessageNotInflight",
        client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: url("plain"),
            ReceiptHandle: "none",
            VisibilityTimeout: 0,
          }),
        ),
      ],
      ["InvalidParameterValue", client.send(new StartMessageMoveTaskCommand({ SourceArn: arn("plain") }))],
      ["ResourceNotFoundException", client.send(new CancelMessageMoveTaskCommand({ TaskHandle: "none" }))],
    ];
    for (const [code, attempt] of attempts) expect((await refusal(attempt)).name, code).to.equal(code);
  });

  it("refuses a wrong signature, and a caller whom policies do not allow, naming the action", async () => {
    const asked: string[] = [];
    const { client, endpoint } = await open({
      authorize: ({ action, resource }) => {
        asked.push(`${action} ${resource}`);
        return false;
      },
    });
    const denied = await refusal(client.send(new ReceiveMessageCommand({ QueueUrl: url("none") })));
    expect(denied.name).to.equal("AccessDeniedException");
    expect(denied.message).to.contain(`${developer} is not authorized to perform: sqs:receivemessage`);
    expect(asked).to.deep.equal([`sqs:ReceiveMessage ${arn("none")}`]);
    const stranger = new SQSClient({
      endpoint,
      region,
      credentials: { accessKeyId: "AKIASTRANGER", secretAccessKey: "secret" },
      maxAttempts: 1,
    });
    const unknown = await refusal(stranger.send(new ListQueuesCommand({})));
    stranger.destroy();
    expect(unknown.name).to.equal("InvalidClientTokenId");
  });

  describe("moving dead letters", () => {
    const parkAll = async (clock: FakeClock, count: number) => {
      for (let index = 0; index < count; index++) running.queues.send(arn("work"), `message ${index}`);
      await receive("work");
      clock.advance(30_000);
      expect(await receive("work")).to.deep.equal([]);
      expect(running.queues.depth(arn("dead"))).to.equal(count);
    };
    const newestTask = async () => {
      const { Results = [] } = await running.client.send(
        new ListMessageMoveTasksCommand({ SourceArn: arn("dead") }),
      );
      return Results[0];
    };

    it("tells where a dead letter came from", async () => {
      const clock = new FakeClock();
      await open({ clock });
      await parkAll(clock, 1);
      const [letter] = await receive("dead", { MessageSystemAttributeNames: ["DeadLetterQueueSourceArn"] });
      expect(letter?.Attributes).to.deep.equal({ DeadLetterQueueSourceArn: arn("work") });
    });

    it("brings them back at the rate asked for, under new ids", async () => {
      const clock = new FakeClock();
      const { client } = await open({ clock });
      await parkAll(clock, 5);
      const [{ MessageId: before } = {}] = await receive("dead", { VisibilityTimeout: 0 });
      const start = new StartMessageMoveTaskCommand({
        SourceArn: arn("dead"),
        MaxNumberOfMessagesPerSecond: 2,
      });
      const { TaskHandle } = await client.send(start);
      expect(await newestTask()).to.include({
        TaskHandle,
        Status: "RUNNING",
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 5,
      });
      expect((await refusal(client.send(start))).name).to.equal("UnsupportedOperation");
      clock.advance(2_000);
      expect(await newestTask()).to.include({ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 5 });
      const moved = await receive("work", { MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
      expect(moved.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).to.deep.equal(
        Array(5).fill("1"),
      );
      expect(moved.map(({ MessageId }) => MessageId)).not.to.contain(before);
    });

    it("stops when it is cancelled", async () => {
      const clock = new FakeClock();
      const { client, queues } = await open({ clock });
      await parkAll(clock, 3);
      const { TaskHandle } = await client.send(
        new StartMessageMoveTaskCommand({ SourceArn: arn("dead"), MaxNumberOfMessagesPerSecond: 1 }),
      );
      const cancelled = await client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
      expect(cancelled.ApproximateNumberOfMessagesMoved).to.equal(1);
      clock.advance(10_000);
      expect(queues.depth(arn("dead"))).to.equal(2);
      expect((await newestTask())?.Status).to.equal("CANCELLED");
    });

    it("fails for a message that came from no queue, unless it is told where to", async () => {
      const { client, queues } = await open({ clock: new FakeClock() });
      queues.send(arn("dead"), "by hand");
      await client.send(new StartMessageMoveTaskCommand({ SourceArn: arn("dead") }));
      expect(await newestTask()).to.include({
        Status: "FAILED",
        FailureReason: "CouldNotDetermineMessageSource",
      });
      await client.send(
        new StartMessageMoveTaskCommand({ SourceArn: arn("dead"), DestinationArn: arn("plain") }),
      );
      expect(queues.depth(arn("plain"))).to.equal(1);
    });
  });
});
