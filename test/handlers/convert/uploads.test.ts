import { mkdir, mkdtemp, readdir, readFile, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { removeForgottenCopies, SourceGoneError, s3Uploads } from "../../../handlers/convert/uploads.ts";
import { uploaded } from "../support/pipeline.ts";
import { rejection } from "../support/rejection.ts";
import { clientSettings, type Reply, s3Error, standIn } from "../support/stand-in.ts";

describe("uploads in S3", () => {
  let reply: Reply = {};
  const { requests, endpoint } = standIn(() => reply);
  const open = () => {
    const s3 = new S3Client({ ...clientSettings, endpoint: endpoint.url });
    return s3Uploads(s3).open(uploaded({ key: "id/café 1.png" }), "café 1.png");
  };

  const machineTemp = process.env.TMPDIR;
  let temp = "";

  beforeEach(async () => {
    reply = { body: "note" };
    temp = await mkdtemp(join(tmpdir(), "uploads-test-"));
    process.env.TMPDIR = temp;
  });
  afterEach(async () => {
    if (machineTemp === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = machineTemp;
    await rmdir(temp);
  });

  it("describe the source without a request", async () => {
    const { source, close } = open();
    expect(source).to.include({ filename: "café 1.png", contentType: "image/png", bytes: 4 });
    await close();
    expect(requests).to.have.lengthOf(0);
  });

  it("request the object again for each stream, with the ETag of the event", async () => {
    const { source, close } = open();
    expect((await buffer(await source.stream())).toString()).to.equal("note");
    expect((await buffer(await source.stream())).toString()).to.equal("note");
    await close();
    expect(requests.map(({ path }) => decodeURIComponent(path))).to.deep.equal(
      Array(2).fill("/uploads/id/café 1.png"),
    );
    expect(requests[0]?.headers["if-match"]).to.equal('"e1"');
  });

  it("remove only the local copies that killed invocations have left", async () => {
    await open().source.file();
    await mkdir(join(temp, "of-others"));
    removeForgottenCopies();
    expect(await readdir(temp)).to.deep.equal(["of-others"]);
    await rmdir(join(temp, "of-others"));
  });

  it("make one local copy, and remove it when they are closed", async () => {
    const { source, close } = open();
    const [first, second] = await Promise.all([source.file(), source.file()]);
    expect(second).to.equal(first);
    expect(await readFile(first, "utf8")).to.equal("note");
    expect(requests).to.have.lengthOf(1);
    expect(await readdir(temp)).to.have.lengthOf(1);
    await close();
    expect(await readdir(temp)).to.deep.equal([]);
  });

  it("fail when the connection breaks, and leave no local copy", async () => {
    reply = { body: "no", headers: { "content-length": "4" }, cut: true };
    const { source, close } = open();
    expect(await rejection(source.file())).not.to.be.instanceOf(SourceGoneError);
    expect(await readdir(temp)).to.have.lengthOf(1);
    await close();
    expect(await readdir(temp)).to.deep.equal([]);
  });

  it("end a stream that a converter has not read to the end when they are closed", async () => {
    reply = { body: Buffer.alloc(4_000_000) };
    const { source, close } = open();
    const stream = await source.stream();
    await close();
    expect(stream.destroyed).to.equal(true);
  });

  for (const [status, code] of [
    [404, "NoSuchKey"],
    [412, "PreconditionFailed"],
  ] as const) {
    it(`count as deleted when S3 answers ${code}`, async () => {
      reply = s3Error(status, code);
      const { source, close } = open();
      expect(await rejection(source.stream())).to.be.instanceOf(SourceGoneError);
      expect(await rejection(source.file())).to.be.instanceOf(SourceGoneError);
      await close();
    });
  }

  it("do not count as deleted when S3 throttles the request", async () => {
    reply = s3Error(503, "SlowDown");
    const { source, close } = open();
    expect(await rejection(source.stream())).to.have.property("name", "SlowDown");
    await close();
  });
});
