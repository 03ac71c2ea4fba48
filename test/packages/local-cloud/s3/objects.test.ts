import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  ChecksumAlgorithm,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { bucket, type Endpoint, refusalOf, startEndpoint } from "./endpoint.ts";

describe("S3 objects", () => {
  let s3: Endpoint;
  before(async () => {
    s3 = await startEndpoint();
  });
  after(() => s3.stop());

  const put = (key: string, body: string | Buffer | Readable, more = {}) =>
    s3.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...more }));
  const get = (key: string, more = {}) =>
    s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...more }));

  it("returns the bytes, headers and metadata that were stored", async () => {
    const body = Buffer.from("some bytes");
    const { ETag } = await put("a.txt", body, {
      ContentType: "text/plain",
      CacheControl: "max-age=60",
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLanguage: "en",
      Metadata: { source: "camera", note: "a  b" },
    });
    const got = await get("a.txt");
    expect(ETag).to.equal(`"${createHash("md5").update(body).digest("hex")}"`);
    expect(await got.Body?.transformToString()).to.equal("some bytes");
    expect(got).to.include({
      ETag,
      ContentType: "text/plain",
      ContentLength: 10,
      CacheControl: "max-age=60",
      ContentLanguage: "en",
      ContentDisposition: 'attachment; filename="a.txt"',
    });
    expect(got.Metadata).to.include({ source: "camera" });
    const head = await s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key: "a.txt" }));
    expect(head).to.include({ ETag, ContentLength: 10 });
  });

  for (const algorithm of Object.values(ChecksumAlgorithm).filter((name) =>
    ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"].includes(name),
  )) {
    it(`verifies and returns the ${algorithm} of a buffer and of a stream`, async () => {
      await put("sum", Buffer.from("checked bytes"), { ChecksumAlgorithm: algorithm });
      const first = await get("sum", { ChecksumMode: "ENABLED" });
      await first.Body?.transformToString();
      await put("sum", Readable.from([Buffer.from("checked "), Buffer.from("bytes")]), {
        ChecksumAlgorithm: algorithm,
        ContentLength: 13,
      });
      const second = await get("sum", { ChecksumMode: "ENABLED" });
      expect(await second.Body?.transformToString()).to.equal("checked bytes");
      expect(second.ContentEncoding, "aws-chunked is not stored").to.equal(undefined);
      const field = `Checksum${algorithm}` as "ChecksumCRC32";
      expect(first[field]).to.be.a("string").and.equal(second[field]);
    });
  }

  it("answers NoSuchKey for an unknown key and NoSuchBucket for an unknown bucket", async () => {
    expect(await refusalOf(get("absent"))).to.include({ status: 404, code: "NoSuchKey" });
    expect(await refusalOf(get("x", { Bucket: "unknown" }))).to.include({
      status: 404,
      code: "NoSuchBucket",
    });
  });

  it("deletes one key, or several in one request", async () => {
    for (const key of ["d1", "d2", " d & <3>\r\n"]) await put(key, "x");
    await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: "d1" }));
    const { Deleted } = await s3.client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: [{ Key: "d2" }, { Key: " d & <3>\r\n" }, { Key: "never" }] },
      }),
    );
    expect(Deleted?.map(({ Key }) => Key)).to.deep.equal(["d2", " d & <3>\r\n", "never"]);
    expect([...s3.store.list(bucket, "d"), ...s3.store.list(bucket, " d")]).to.deep.equal([]);
  });
});
