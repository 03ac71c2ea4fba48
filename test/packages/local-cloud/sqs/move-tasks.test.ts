import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { FakeClock } from "../fake-clock.ts";
import { arn, endpointPerTest, refusal } from "./endpoint.ts";

describe("SQS message move tasks", () => {
  const { open, receive, opened } = endpointPerTest();

  const makeDeadLetters = async (clock: FakeClock, count: number) => {
    for (let index = 0; index < count; index++) opened().queues.send(arn("work"), `message ${index}`);
    await receive("work");
    clock.advance(30_000);
    expect(await receive("work")).to.deep.equal([]);
    expect(opened().queues.depth(arn("dead"))).to.equal(count);
  };
  const newestTask = async () => {
    const { Results = [] } = await opened().client.send(
      new ListMessageMoveTasksCommand({ SourceArn: arn("dead") }),
    );
    return Results[0];
  };

  it("know the queue that a dead letter came from", async () => {
    const clock = new FakeClock();
    await open({ clock });
    await makeDeadLetters(clock, 1);
    const [letter] = await receive("dead", { MessageSystemAttributeNames: ["DeadLetterQueueSourceArn"] });
    expect(letter?.Attributes).to.deep.equal({ DeadLetterQueueSourceArn: arn("work") });
  });

  it("return dead letters to their queue at the requested rate, with new ids", async () => {
    const clock = new FakeClock();
    const { client } = await open({ clock });
    await makeDeadLetters(clock, 5);
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

  it("move no more messages when they are cancelled", async () => {
    const clock = new FakeClock();
    const { client, queues } = await open({ clock });
    await makeDeadLetters(clock, 3);
    const { TaskHandle } = await client.send(
      new StartMessageMoveTaskCommand({ SourceArn: arn("dead"), MaxNumberOfMessagesPerSecond: 1 }),
    );
    const cancelled = await client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(cancelled.ApproximateNumberOfMessagesMoved).to.equal(1);
    clock.advance(10_000);
    expect(queues.depth(arn("dead"))).to.equal(2);
    expect((await newestTask())?.Status).to.equal("CANCELLED");
  });

  it("fail for a message that came from no queue, unless a destination is given", async () => {
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
