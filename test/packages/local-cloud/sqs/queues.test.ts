import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { type QueueSettings, Queues } from "../../../../packages/local-cloud/sqs/queues.ts";
import { FakeClock } from "../fake-clock.ts";

const source: QueueSettings = {
  arn: "arn:aws:sqs:ap-northeast-1:111111111111:resize",
  visibilityTimeoutSeconds: 360,
  messageRetentionSeconds: 345_600,
  redrive: { deadLetterTargetArn: "arn:aws:sqs:ap-northeast-1:111111111111:resize-dlq", maxReceiveCount: 5 },
};
const deadLetters: QueueSettings = {
  arn: "arn:aws:sqs:ap-northeast-1:111111111111:resize-dlq",
  visibilityTimeoutSeconds: 30,
  messageRetentionSeconds: 1_209_600,
};

describe("Queues", () => {
  let clock: FakeClock;
  let database: DatabaseSync;
  let queues: Queues;

  beforeEach(() => {
    clock = new FakeClock();
    database = new DatabaseSync(":memory:");
    queues = new Queues(database, clock, [source, deadLetters]);
  });
  afterEach(() => database.close());

  const bodies = (arn: string) => queues.receive(arn, 10).map(({ body }) => body);

  it("hides a received message until its visibility timeout ends", () => {
    queues.send(source.arn, "event");
    expect(bodies(source.arn)).to.deep.equal(["event"]);
    clock.advance(359_999);
    expect(bodies(source.arn)).to.deep.equal([]);
    clock.advance(1);
    expect(bodies(source.arn)).to.deep.equal(["event"]);
  });

  it("counts the receives of a message and keeps the time of the first one", () => {
    queues.send(source.arn, "event");
    const first = queues.receive(source.arn, 1)[0];
    clock.advance(360_000);
    const second = queues.receive(source.arn, 1)[0];
    expect([first?.receiveCount, second?.receiveCount]).to.deep.equal([1, 2]);
    expect(second?.firstReceivedAt).to.equal(first?.firstReceivedAt);
    expect(second?.messageId).to.equal(first?.messageId);
    expect(second?.receiptHandle).not.to.equal(first?.receiptHandle);
  });

  it("deletes a message only by its latest receipt handle", () => {
    queues.send(source.arn, "event");
    const stale = queues.receive(source.arn, 1)[0];
    clock.advance(360_000);
    const latest = queues.receive(source.arn, 1)[0];
    queues.delete(source.arn, stale?.receiptHandle ?? "");
    expect(queues.depth(source.arn)).to.equal(1);
    queues.delete(source.arn, latest?.receiptHandle ?? "");
    expect(queues.depth(source.arn)).to.equal(0);
  });

  it("moves a message to the dead-letter queue at the sixth receive when maxReceiveCount is 5", () => {
    queues.send(source.arn, "poison");
    for (let receive = 1; receive <= 5; receive++) {
      expect(bodies(source.arn), `receive ${receive}`).to.deep.equal(["poison"]);
      clock.advance(360_000);
    }
    expect(queues.depth(deadLetters.arn)).to.equal(0);
    expect(bodies(source.arn)).to.deep.equal([]);
    expect(bodies(deadLetters.arn)).to.deep.equal(["poison"]);
  });

  it("redrives dead letters to the source queue with the receive count 0", () => {
    queues.send(deadLetters.arn, "repaired");
    expect(queues.redrive(deadLetters.arn, source.arn)).to.equal(1);
    expect(queues.receive(source.arn, 1)[0]).to.include({ body: "repaired", receiveCount: 1 });
    expect(queues.depth(deadLetters.arn)).to.equal(0);
  });

  it("deletes messages that are older than the retention period", () => {
    queues.send(source.arn, "old");
    clock.advance(345_600_000);
    expect(bodies(source.arn)).to.deep.equal([]);
    expect(queues.depth(source.arn)).to.equal(0);
  });

  it("delays a message by the requested time", () => {
    queues.send(source.arn, "late", 1000);
    expect(bodies(source.arn)).to.deep.equal([]);
    expect(queues.nextVisibleAt(source.arn)).to.equal(clock.now() + 1000);
    clock.advance(1000);
    expect(bodies(source.arn)).to.deep.equal(["late"]);
  });

  it("announces a message to listeners after the sender's transaction", async () => {
    const arrival = new Promise<void>((resolve) => queues.onArrival(source.arn, resolve));
    queues.send(source.arn, "event");
    await arrival;
    expect(queues.depth(source.arn)).to.equal(1);
  });

  it("keeps messages when it restarts, and makes those in flight visible at once", () => {
    queues.send(source.arn, "in flight");
    queues.receive(source.arn, 1);
    const restarted = new Queues(database, clock, [source, deadLetters]);
    expect(restarted.receive(source.arn, 1)[0]).to.include({ body: "in flight", receiveCount: 2 });
  });

  it("refuses a queue that is not declared", () => {
    expect(() => queues.send("arn:aws:sqs:ap-northeast-1:111111111111:other", "event")).to.throw(
      "NonExistentQueue: arn:aws:sqs:ap-northeast-1:111111111111:other",
    );
  });
});
