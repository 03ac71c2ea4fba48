import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { RequestFault } from "../../../../packages/local-cloud/faults.ts";
import { bucket, type Endpoint, startEndpoint, waitForBlobs } from "./endpoint.ts";

const Body = randomBytes(300_000);
const object = { Bucket: bucket, Key: "k" };

describe("S3 under faults", () => {
  let s3: Endpoint;
  let faults: (RequestFault | undefined)[];
  beforeEach(async () => {
    faults = [];
    s3 = await startEndpoint({ fault: () => faults.shift() });
  });
  afterEach(() => s3.stop());

  const put = () => s3.connect({ maxAttempts: 1 }).send(new PutObjectCommand({ ...object, Body }));
  const get = async () => {
    const { Body } = await s3.connect({ maxAttempts: 1 }).send(new GetObjectCommand(object));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => "succeeded",
      (error: NodeJS.ErrnoException) => error.code ?? error.name,
    );

  it("stores nothing when the connection is reset in the middle of the body", async () => {
    faults = [{ kind: "reset", share: 0.5 }];
    expect(await failure(put())).to.be.oneOf(["ECONNRESET", "EPIPE"]);
    expect(s3.store.head(bucket, "k")).to.equal(undefined);
    await waitForBlobs(s3, 0);
  });

  it("stores the object when only the answer is lost", async () => {
    faults = [{ kind: "reset" }];
    expect(await failure(put())).to.equal("ECONNRESET");
    expect(s3.store.head(bucket, "k")?.bytes).to.equal(Body.length);
  });

  it("cuts off a read so that the client sees an error", async () => {
    await put();
    faults = [{ kind: "reset", share: 0.5 }, { kind: "reset" }];
    expect(await failure(get())).to.be.oneOf(["ECONNRESET", "aborted"]);
    expect(await failure(get())).to.equal("ECONNRESET");
  });

  it("sends the beginning of a small body before the reset", async () => {
    await s3.client.send(new PutObjectCommand({ ...object, Body: "beginning and end" }));
    faults = [{ kind: "reset", share: 0.5 }];
    const { Body } = await s3.connect({ maxAttempts: 1 }).send(new GetObjectCommand(object));
    const received: Buffer[] = [];
    const failure = await pipeline(Body as Readable, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) received.push(chunk);
    }).catch((error: NodeJS.ErrnoException) => error.code);
    expect(failure).to.equal("ECONNRESET");
    expect(Buffer.concat(received).toString()).to.equal("beginnin");
  });

  for (const fault of [
    { kind: "reset" },
    { kind: "reset", share: 0.5 },
    { kind: "reset", share: 0 },
  ] satisfies RequestFault[]) {
    it(`deletes a replaced object whose read was cut off by ${JSON.stringify(fault)}`, async () => {
      await put();
      faults = [fault];
      expect(await failure(get())).to.be.oneOf(["ECONNRESET", "aborted"]);
      await put();
      await waitForBlobs(s3, 1);
    });
  }

  it("reads and writes slowly without changing the bytes", async () => {
    faults = [
      { kind: "slow", pauseMs: 5 },
      { kind: "slow", pauseMs: 5 },
    ];
    await put();
    expect((await get()).equals(Body)).to.equal(true);
    expect(faults).to.deep.equal([]);
  });
});
