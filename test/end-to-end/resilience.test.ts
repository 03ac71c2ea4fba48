import { type Clock, queueSettings } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import sharp from "sharp";
import { SeededFaults } from "../../proofs/torture/faults/seeded-faults.ts";
import { craftedPng } from "../converters/pictures.ts";
import { FakeClock } from "../packages/local-cloud/fake-clock.ts";
import { pipelineGraph } from "../support/graphs.ts";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { until } from "../support/until.ts";
import { finished, put, upload } from "../support/uploads.ts";

const picture = (index: number) =>
  sharp({ create: { width: 60 + index, height: 40, channels: 3, background: "#448844" } })
    .png()
    .toBuffer();

describe("the pipeline under faults", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  let pipeline: Pipeline | undefined;

  const start = async (options?: Parameters<typeof startPipeline>[1]) => {
    pipeline = await startPipeline(data.path, options);
    return pipeline;
  };
  let passTime: NodeJS.Timeout | undefined;
  const stop = async () => {
    clearInterval(passTime);
    await pipeline?.cloud.close();
    pipeline = undefined;
  };

  beforeEach(() => {
    data = temporaryDirectory();
  });
  afterEach(async () => {
    await stop();
    data.remove();
  });

  it("converts many files at once while events arrive twice, late and out of order", async () => {
    const running = await start({
      faults: new SeededFaults({ seed: 11, duplicate: 0.5, delay: 0.5, maxDelayMs: 300 }),
    });
    const uploads = await Promise.all(
      Array.from({ length: 8 }, async (_, index) =>
        upload(running, `${index}.png`, "image/png", await picture(index)),
      ),
    );
    for (const [index, { id }] of uploads.entries()) {
      const { state, variants } = await finished(running, id);
      expect(state).to.equal("complete");
      const jpg = variants.find(({ name }) => name === "jpg");
      expect(jpg?.width, "each file keeps its own variants").to.equal(60 + index);
    }
    const { queues } = running.cloud;
    const arns = queueSettings(await pipelineGraph()).map(({ arn }) => arn);
    await until(() => arns.every((arn) => queues.depth(arn) === 0));
  });

  it("makes the same bytes again for a duplicate event", async () => {
    const running = await start({ faults: new SeededFaults({ seed: 3, duplicate: 1 }) });
    const { id } = await upload(running, "twice.png", "image/png", await picture(0));
    const before = await finished(running, id);
    const invocations = () =>
      running.reports.filter(({ functionName }) => functionName.startsWith("henkan-zip")).length;
    await until(() => invocations() >= 2);
    expect(await running.client.status(id)).to.deep.equal(before);
  });

  it("completes while S3 and SNS throttle requests", async () => {
    const clock = new FakeClock(Date.now());
    const running = await start({
      faults: new SeededFaults({ seed: 5, throttle: 0.15, reach: "everyone" }),
      clock,
    });
    // A message whose requests are throttled for longer than the SDK retries returns after its visibility timeout.
    passTime = setInterval(() => clock.advance(60_000), 100);
    const body = await picture(0);
    const created = await running.client.create({
      filename: "a.png",
      contentType: "image/png",
      size: body.length,
    });
    let response = await put(created, body);
    while (response.status === 503) response = await put(created, body);
    expect(response.status).to.equal(200);
    let state = "converting";
    while (state === "converting") {
      // The API answers 503 while S3 throttles it for longer than the SDK retries.
      state = await finished(running, created.id).then(
        (status) => status.state,
        () => "converting",
      );
    }
    expect(state).to.equal("complete");
  });

  it("keeps an event that always crashes in the dead-letter queue, and completes it after a redrive", async () => {
    const clock = new FakeClock(Date.now());
    const graph = await pipelineGraph();
    const crashing = await start({
      faults: new SeededFaults({ seed: 1, crash: 1 }),
      clock: clock satisfies Clock,
    });
    const body = await picture(0);
    // The function of the API crashes as well, so the test stores the object itself.
    const id = "019ab000-0000-7000-8000-000000000001";
    const queues = queueSettings(graph);
    const sources = queues.filter(({ redrive }) => redrive);
    await putUpload(crashing, String(graph.outputs.uploadsBucket), `${id}/a.png`, body);
    const isDead = () =>
      sources.every(({ redrive }) => crashing.cloud.queues.depth(redrive?.deadLetterTargetArn ?? "") === 1);
    passTime = setInterval(() => clock.advance(60_000), 20);
    await until(isDead);
    expect(crashing.reports.every(({ error }) => error)).to.equal(true);
    await stop();

    const repaired = await start();
    for (const { arn, redrive } of sources)
      repaired.cloud.queues.redrive(redrive?.deadLetterTargetArn ?? "", arn);
    expect((await finished(repaired, id)).state).to.equal("complete");
  });

  it("keeps uploads, outputs and waiting events when it restarts", async () => {
    const first = await start();
    const { id } = await upload(first, "kept.png", "image/png", await picture(0));
    const before = await finished(first, id);
    const late = await upload(first, "late.png", "image/png", await picture(1));
    await stop();
    const second = await start();
    expect((await second.client.status(id)).variants.map(({ bytes }) => bytes)).to.deep.equal(
      before.variants.map(({ bytes }) => bytes),
    );
    const status = await finished(second, late.id);
    expect(status.state).to.equal("complete");
    expect((await fetch(status.variants[0]?.url ?? "")).status).to.equal(200);
  });

  it("refuses a small PNG with 268 megapixels without using much memory", async () => {
    const running = await start();
    const bomb = await craftedPng({ width: 16_383, height: 16_383, interlaced: true });
    expect(bomb.length).to.be.lessThan(2 * 2 ** 20);
    const { id } = await upload(running, "bomb.png", "image/png", bomb);
    const { variants } = await finished(running, id);
    const codes = variants.filter(({ name }) => name !== "archive").map(({ error }) => error?.code);
    expect(codes).to.deep.equal(["too-many-pixels", "too-many-pixels", "too-many-pixels"]);
    await until(() => running.reports.some(({ functionName }) => functionName.startsWith("henkan-resize")));
    for (const { functionName, residentMb } of running.reports) {
      expect(residentMb, functionName).to.be.lessThan(200);
    }
  });
});

/** Stores an upload with the credentials of the developer instead of through the API. */
async function putUpload({ cloud }: Pipeline, bucket: string, key: string, body: Buffer): Promise<void> {
  const { PutObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    endpoint: cloud.urls.s3,
    region: "ap-northeast-1",
    credentials: cloud.credentials.issue("arn:aws:iam::111111111111:user/developer"),
  });
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "image/png" }));
  client.destroy();
}
