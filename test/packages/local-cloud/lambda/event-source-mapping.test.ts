import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { type FaultInjector, noFaults } from "../../../../packages/local-cloud/faults.ts";
import type { InvocationResult } from "../../../../packages/local-cloud/lambda/environment.ts";
import {
  EventSourceMapping,
  failedMessageIds,
  type Retry,
} from "../../../../packages/local-cloud/lambda/event-source-mapping.ts";
import { Queues } from "../../../../packages/local-cloud/sqs/queues.ts";
import { FakeClock } from "../fake-clock.ts";

interface SqsRecord {
  messageId: string;
  body: string;
  attributes: { ApproximateReceiveCount: string };
  eventSourceARN: string;
}

const queueArn = "arn:aws:sqs:ap-northeast-1:111111111111:resize";
const deadLetterArn = `${queueArn}-dlq`;
const succeed = (payload: unknown = null): InvocationResult => ({ ok: true, payload, residentMb: 1 });
const failWith = (...failed: SqsRecord[]): InvocationResult =>
  succeed({ batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) });

function setUp(
  handle: (records: SqsRecord[]) => Promise<InvocationResult> | InvocationResult,
  batchSize = 5,
  faults: Partial<FaultInjector> = {},
) {
  const clock = new FakeClock();
  const retention = { messageRetentionSeconds: 345_600 };
  const queues = new Queues(new DatabaseSync(":memory:"), clock, [
    {
      arn: queueArn,
      visibilityTimeoutSeconds: 360,
      ...retention,
      redrive: { deadLetterTargetArn: deadLetterArn, maxReceiveCount: 5 },
    },
    { arn: deadLetterArn, visibilityTimeoutSeconds: 30, ...retention },
  ]);
  const batches: SqsRecord[][] = [];
  const retries: Retry[] = [];
  const start = () =>
    new EventSourceMapping(
      {
        queueArn,
        region: "ap-northeast-1",
        batchSize,
        maximumConcurrency: 2,
        reportsBatchItemFailures: true,
      },
      { queues, clock, faults: { ...noFaults, ...faults }, onRetry: (retry) => retries.push(retry) },
      async (event) => {
        const { Records } = event as { Records: SqsRecord[] };
        batches.push(Records);
        return handle(Records);
      },
    );
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await setImmediate();
  };
  const bodies = () => batches.map((batch) => batch.map(({ body }) => body));
  return { clock, queues, batches, retries, bodies, start, settle };
}

describe("EventSourceMapping", () => {
  it("receives a processed message again when a fault loses its deletion", async () => {
    const { clock, queues, bodies, start, settle } = setUp(() => succeed(), 5, {
      losesAcknowledgement: (_, { receiveCount }) => receiveCount <= 2,
    });
    queues.send(queueArn, "a");
    const mapping = start();
    for (let receive = 0; receive < 4; receive++) {
      await settle();
      clock.advance(360_000);
    }
    mapping.close();
    expect(bodies()).to.deep.equal([["a"], ["a"], ["a"]]);
    expect(queues.depth(queueArn)).to.equal(0);
  });

  it("polls again after a second when SQS asks it to slow down", async () => {
    let throttled = true;
    const { clock, queues, bodies, start, settle } = setUp(() => succeed(), 5, {
      throttlesPoll: () => throttled,
    });
    queues.send(queueArn, "a");
    const mapping = start();
    for (let seconds = 0; seconds < 2; seconds++) {
      await settle();
      expect(bodies()).to.deep.equal([]);
      clock.advance(1_000);
    }
    throttled = false;
    clock.advance(1_000);
    await settle();
    mapping.close();
    expect(bodies()).to.deep.equal([["a"]]);
  });

  it("delivers messages in batches and deletes those that succeeded", async () => {
    const { queues, bodies, start, settle } = setUp(() => succeed(), 2);
    for (const body of ["a", "b", "c"]) queues.send(queueArn, body);
    const mapping = start();
    await settle();
    mapping.close();
    expect(bodies()).to.deep.equal([["a", "b"], ["c"]]);
    expect(queues.depth(queueArn)).to.equal(0);
  });

  it("retries only the messages that the function reports as failed, after the visibility timeout", async () => {
    const { clock, queues, batches, retries, bodies, start, settle } = setUp((records) =>
      failWith(...records.filter(({ body }) => body === "bad")),
    );
    for (const body of ["good", "bad"]) queues.send(queueArn, body);
    const mapping = start();
    await settle();
    clock.advance(359_000);
    await settle();
    expect(bodies()).to.deep.equal([["good", "bad"]]);
    clock.advance(1_000);
    await settle();
    mapping.close();
    expect(bodies()).to.deep.equal([["good", "bad"], ["bad"]]);
    expect(batches[1]?.[0]?.attributes.ApproximateReceiveCount).to.equal("2");
    expect(retries).to.deep.equal([
      { queueArn, body: "bad" },
      { queueArn, body: "bad" },
    ]);
  });

  it("sends a message that fails five times to the dead-letter queue", async () => {
    const { clock, queues, batches, start, settle } = setUp((records) => failWith(...records));
    queues.send(queueArn, "poison");
    const mapping = start();
    for (let round = 0; round < 7; round++) {
      await settle();
      clock.advance(360_000);
    }
    await settle();
    mapping.close();
    expect(batches).to.have.length(5);
    expect([queues.depth(queueArn), queues.depth(deadLetterArn)]).to.deep.equal([0, 1]);
  });

  it("keeps the whole batch in the queue when the invocation fails", async () => {
    const error = { errorType: "Sandbox.Timedout", errorMessage: "" };
    const { queues, retries, start, settle } = setUp(() => ({ ok: false, error }));
    for (const body of ["a", "b"]) queues.send(queueArn, body);
    const mapping = start();
    await settle();
    mapping.close();
    expect(queues.depth(queueArn)).to.equal(2);
    expect(retries).to.deep.equal([
      { queueArn, body: "a", error },
      { queueArn, body: "b", error },
    ]);
  });

  it("processes at most maximumConcurrency batches at once", async () => {
    const finish: (() => void)[] = [];
    const { queues, batches, start, settle } = setUp(
      () => new Promise((resolve) => finish.push(() => resolve(succeed()))),
      1,
    );
    for (const body of ["a", "b", "c"]) queues.send(queueArn, body);
    const mapping = start();
    await settle();
    expect(batches).to.have.length(2);
    finish[0]?.();
    await settle();
    expect(batches).to.have.length(3);
    mapping.close();
  });

  it("receives a message that arrives while it waits", async () => {
    const { queues, bodies, start, settle } = setUp(() => succeed());
    const mapping = start();
    await settle();
    queues.send(queueArn, "late");
    await settle();
    mapping.close();
    expect(bodies()).to.deep.equal([["late"]]);
  });
});

describe("failedMessageIds", () => {
  const batch = [{ messageId: "1" }, { messageId: "2" }];
  const cases: [name: string, payload: unknown, expected: string[]][] = [
    ["returns no id for an empty list", { batchItemFailures: [] }, []],
    ["returns no id when the function answers null", null, []],
    ["returns the ids in the list", { batchItemFailures: [{ itemIdentifier: "2" }] }, ["2"]],
    [
      "returns all ids when the list names a message that is not in the batch",
      { batchItemFailures: [{ itemIdentifier: "3" }] },
      ["1", "2"],
    ],
    ["returns all ids when an entry of the list has no id", { batchItemFailures: [{}] }, ["1", "2"]],
    ["returns all ids when batchItemFailures is not a list", { batchItemFailures: "2" }, ["1", "2"]],
  ];
  for (const [name, payload, expected] of cases) {
    it(name, () => {
      expect([...failedMessageIds(succeed(payload), batch, true)]).to.deep.equal(expected);
    });
  }
});
