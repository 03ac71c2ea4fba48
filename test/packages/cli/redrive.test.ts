import { text } from "node:stream/consumers";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Graph } from "@henkan/local-cloud";
import { queueSettings } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { announceCloud } from "../../../packages/cli/target/running-cloud.ts";
import { SeededFaults } from "../../../proofs/torture/faults/seeded-faults.ts";
import { arnOf } from "../../infra/stages.ts";
import { graphWithVariants } from "../../support/graphs.ts";
import { type Pipeline, startPipeline } from "../../support/pipeline.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";
import { finished } from "../../support/uploads.ts";
import { FakeClock } from "../local-cloud/fake-clock.ts";
import { ended, runCommand, startCommand } from "./command-line.ts";
import { asksNothing, runHenkan } from "./in-process.ts";

const ids = [1, 2, 3].map((number) => `019ab000-0000-7000-8000-00000000000${number}`);

describe("henkan redrive", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  let graph: Graph;
  let pipeline: Pipeline | undefined;
  let withdraw: () => Promise<void>;

  beforeEach(async () => {
    data = temporaryDirectory();
    graph = await graphWithVariants({ archive: { converter: "zip" } });
  });
  afterEach(async () => {
    await stop();
    data.remove();
  });

  const stop = async () => {
    if (pipeline) await withdraw();
    await pipeline?.cloud.close();
    pipeline = undefined;
  };
  const start = async (options?: Parameters<typeof startPipeline>[1]) => {
    const running = await startPipeline(data.path, { graph, ...options });
    withdraw = await announceCloud(data.path, graph, running.cloud);
    pipeline = running;
    return running;
  };
  const run = (...args: string[]) => {
    const all = ["--data", data.path, ...args];
    return asksNothing(args) ? runHenkan("redrive", ...all) : runCommand("henkan", "redrive", ...all);
  };
  const report = async (...args: string[]) => {
    const { code, stdout, stderr } = await run("--json", ...args);
    if (stdout === "") throw new Error(stderr);
    return { code, queues: JSON.parse(stdout).queues as Record<string, unknown>[] };
  };

  /** Stores an upload as its presigned URL would have, because the API crashes as well. */
  async function putUploads({ cloud }: Pipeline): Promise<void> {
    const client = new S3Client({
      endpoint: cloud.urls.s3,
      region: graph.region,
      credentials: cloud.credentials.issue("arn:aws:iam::111111111111:user/developer"),
      forcePathStyle: true,
    });
    for (const id of ids) {
      const Bucket = String(graph.outputs.uploadsBucket);
      await client.send(new PutObjectCommand({ Bucket, Key: `${id}/a b+ü.txt`, Body: "hello" }));
    }
    client.destroy();
  }

  /** Lets the converter crash until every upload is in its dead-letter queue, then starts a cloud in which it works. */
  async function failThenRepair(): Promise<Pipeline> {
    const clock = new FakeClock(Date.now());
    const crashing = await start({ faults: new SeededFaults({ seed: 1, crash: 1 }), clock });
    await putUploads(crashing);
    const passTime = setInterval(() => clock.advance(60_000), 20);
    await until(() => crashing.cloud.queues.depth(arnOf(graph, "zip-dlq")) === ids.length).finally(() =>
      clearInterval(passTime),
    );
    await stop();
    return start();
  }

  it("lists the failed messages and moves none with --dry-run", async () => {
    const { cloud } = await failThenRepair();
    const { code, stdout, stderr } = await run("--dry-run");
    expect(code).to.equal(0);
    expect(stderr).to.equal(`Redrive of stage ${graph.stage} on this machine\n`);
    const [heading, columns, ...rows] = stdout.trimEnd().split("\n");
    expect(heading).to.equal("zip: 3 messages that its converter failed on");
    expect(columns).to.match(/^upload +size +waits for +received$/);
    expect(rows.map((row) => row.replace(/ {2}.*/, ""))).to.have.members(ids.map((id) => `${id}/a b+ü.txt`));
    for (const row of rows) expect(row).to.match(/ {2}5 bytes {2}.* 1$/);
    expect(cloud.queues.counts(arnOf(graph, "zip-dlq"))).to.deep.equal({
      visible: 3,
      inFlight: 0,
      delayed: 0,
    });
  });

  it("moves failed messages back, and their files are converted", async () => {
    const running = await failThenRepair();
    const { code, stdout } = await run("--yes");
    expect(stdout).to.contain(
      "zip: 3 messages moved back; the dead-letter queue is empty; the converter's queue is empty",
    );
    expect(code).to.equal(0);
    for (const id of ids) expect((await finished(running, id)).state).to.equal("complete");
    expect((await run()).stdout).to.equal("Nothing to redrive: the dead-letter queues are empty\n");
  });

  it("sends undelivered messages to the queue that they never reached", async () => {
    const running = await failThenRepair();
    const { queues } = running.cloud;
    queues.redrive(arnOf(graph, "zip-dlq"), arnOf(graph, "zip-undelivered"));
    const { code, queues: found } = await report("--yes", "--rate", "2");
    expect(code).to.equal(0);
    expect(
      found.map(({ queue, messages, isExact, outcome }) => ({ queue, messages, isExact, outcome })),
    ).to.deep.equal([
      { queue: "dead-letter", messages: 0, isExact: true, outcome: undefined },
      {
        queue: "undelivered",
        messages: 3,
        isExact: true,
        outcome: { moved: 3, failure: null, left: 0, waiting: 0 },
      },
    ]);
    for (const id of ids) expect((await finished(running, id)).state).to.equal("complete");
  });

  it("reports that it has read a sample, and which messages it cannot move", async () => {
    const { cloud } = await start();
    for (let index = 0; index < 60; index++) cloud.queues.send(arnOf(graph, "zip-dlq"), "by hand");
    const { stdout } = await run("--dry-run");
    expect(stdout).to.equal(
      [
        "zip: about 60 messages that its converter failed on",
        "50 messages of those checked: not an S3 event",
        "A sample: 50 of them were checked",
        "",
      ].join("\n"),
    );
    const { code, queues } = await report("--yes", "--timeout", "1");
    expect(code).to.equal(1);
    expect(queues[0]?.outcome).to.deep.equal({
      moved: 0,
      failure: "CouldNotDetermineMessageSource",
      left: 60,
      waiting: 0,
    });
  });

  it("does not count a message whose key cannot be decoded as an S3 event", async () => {
    const { cloud } = await start();
    const event = {
      Records: [{ s3: { bucket: { name: "uploads" }, object: { key: "100%", size: 5, eTag: "e1" } } }],
    };
    cloud.queues.send(arnOf(graph, "zip-dlq"), JSON.stringify(event));
    const { code, stdout } = await run("--dry-run");
    expect(code).to.equal(0);
    expect(stdout).to.equal(
      "zip: 1 message that its converter failed on\n1 message of those checked: not an S3 event\n",
    );
  });

  it("stops between messages when it is interrupted, and prints how many it has moved", async () => {
    const { cloud } = await start();
    const [undelivered, queue] = [arnOf(graph, "zip-undelivered"), arnOf(graph, "zip-queue")];
    for (let index = 0; index < 20; index++) cloud.queues.send(undelivered, `by hand ${index}`);
    const { child } = await startCommand("henkan", "redrive", "--data", data.path, "--yes", "--rate", "1");
    const output = child.stdout ? text(child.stdout) : "";
    const exit = ended(child);
    await until(() => cloud.queues.depth(queue) > 0);
    child.kill("SIGINT");
    expect(await exit).to.equal(130);
    const moved = cloud.queues.depth(queue);
    expect(moved + cloud.queues.depth(undelivered)).to.equal(20);
    expect(moved).to.be.lessThan(20);
    expect(await output).to.contain(
      `zip: ${moved} message${moved === 1 ? "" : "s"} moved back, then it stopped: it was interrupted; ${20 - moved} still in the undelivered queue`,
    );
  });

  it("moves nothing without --yes when there is no terminal", async () => {
    const { cloud } = await start();
    cloud.queues.send(arnOf(graph, "zip-dlq"), "by hand");
    const { code, stderr } = await run();
    expect(code).to.equal(2);
    expect(stderr).to.contain("Move 1 message back, 10 a second at most? Type yes to continue:");
    expect(stderr).to.contain("Not a terminal. Pass --yes to confirm.");
    expect(cloud.queues.depth(arnOf(graph, "zip-dlq"))).to.equal(1);
  });

  it("finds the queues of every converter of the stage", async () => {
    await start();
    const { queues } = await report("--dry-run");
    expect(queues).to.have.length(queueSettings(graph).filter(({ redrive }) => redrive).length * 2);
    const { code, stderr } = await run("--converter", "pdf");
    expect(code).to.equal(2);
    expect(stderr).to.equal(`--converter of stage ${graph.stage} is zip, not "pdf"\n`);
  });
});
