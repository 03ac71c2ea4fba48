import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { FakeClock } from "../fake-clock.ts";
import { arn, endpointPerTest, refusal, url } from "./endpoint.ts";

describe("the SQS endpoint", () => {
  const { open, receive } = endpointPerTest();

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

  it("sends and deletes batches, and reports the result of each entry", async () => {
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

  it("waits until a message arrives", async () => {
    const { queues } = await open();
    const waiting = receive("plain", { WaitTimeSeconds: 20 });
    setTimeout(() => queues.send(arn("plain"), "late"), 50);
    expect((await waiting).map(({ Body }) => Body)).to.deep.equal(["late"]);
  });

  it("answers with no message when the waiting time is over", async () => {
    const clock = new FakeClock();
    await open({ clock });
    const waiting = receive("plain", { WaitTimeSeconds: 20 });
    const passTime = setInterval(() => clock.advance(5_000), 10);
    expect(await waiting.finally(() => clearInterval(passTime))).to.deep.equal([]);
  });

  it("makes a message visible at once when its visibility timeout is set to zero", async () => {
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

  it("creates a queue with attributes and a policy, finds it, changes it and deletes it", async () => {
    const { client, policies } = await open();
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const Attributes = { MessageRetentionPeriod: "300", Policy, SqsManagedSseEnabled: "true" };
    const created = new CreateQueueCommand({ QueueName: "watch-1", Attributes, tags: { purpose: "watch" } });
    expect((await client.send(created)).QueueUrl).to.equal(url("watch-1"));
    expect((await client.send(created)).QueueUrl, "a second request with the same attributes").to.equal(
      url("watch-1"),
    );
    const listed = await client.send(new ListQueuesCommand({ QueueNamePrefix: "watch-" }));
    expect(listed.QueueUrls).to.deep.equal([url("watch-1")]);
    expect((await client.send(new GetQueueUrlCommand({ QueueName: "watch-1" }))).QueueUrl).to.equal(
      url("watch-1"),
    );
    await client.send(
      new SetQueueAttributesCommand({ QueueUrl: url("watch-1"), Attributes: { VisibilityTimeout: "5" } }),
    );
    const current = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url("watch-1"), AttributeNames: ["All"] }),
    );
    expect(current.Attributes).to.include({
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
});
