import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { partBytes, streamUploads } from "../../../handlers/convert/stream-upload.ts";
import { rejection } from "../support/rejection.ts";
import { clientSettings, type ReceivedRequest, type Reply, standIn } from "../support/stand-in.ts";

const mebibyte = 2 ** 20;
const target = { Bucket: "outputs", Key: "a", ContentType: "application/zip", CacheControl: "no-store" };

/** Yields `bytes` in chunks of `size`. The size of a part is not a multiple of it. */
async function* cut(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

function multipart({ method, query }: ReceivedRequest): Reply {
  if (method === "PUT") return { headers: { etag: `"part-${query.get("partNumber")}"` } };
  const result = query.has("uploads") ? "InitiateMultipartUploadResult" : "CompleteMultipartUploadResult";
  return { body: `<${result}><UploadId>mpu</UploadId></${result}>` };
}

describe("streamUploads", () => {
  const { requests, endpoint } = standIn(multipart);
  const uploads = () => streamUploads(new S3Client({ ...clientSettings, endpoint: endpoint.url }));

  function received(): Buffer {
    const number = ({ query }: ReceivedRequest) => Number(query.get("partNumber"));
    const parts = requests.filter(({ method }) => method === "PUT").sort((a, b) => number(a) - number(b));
    return Buffer.concat(parts.map(({ body }) => body));
  }

  it("sends every byte in its place, although parts share their memory", async () => {
    const upload = uploads();
    for (const size of [23 * mebibyte + 5, 11 * mebibyte]) {
      requests.length = 0;
      const bytes = randomBytes(size);
      expect(await upload(target, cut(bytes, 65_537))).to.equal(size);
      expect(received().equals(bytes)).to.equal(true);
      expect(
        requests
          .at(-1)
          ?.body.toString()
          .match(/part-\d+/g),
      ).to.deep.equal(Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => `part-${index + 1}`));
    }
  });

  it("splits chunks that are larger than a part", async () => {
    const bytes = randomBytes(26 * mebibyte);
    await uploads()(target, cut(Buffer.from(bytes), bytes.length));
    expect(received().equals(bytes)).to.equal(true);
  });

  it("frees only the memory of chunks that share it with no other", async () => {
    const whole = Buffer.from(new ArrayBuffer(100), 0);
    const slice = Buffer.from(new ArrayBuffer(100), 10, 20);
    await uploads()(target, Readable.from([whole, slice], { objectMode: false }));
    expect(received().length).to.equal(120);
    expect([whole.length, slice.length]).to.deep.equal([0, 20]);
  });

  it("fails when the same buffer arrives twice, because its bytes are freed", async () => {
    const chunk = Buffer.from(new ArrayBuffer(100));
    expect(await rejection(uploads()(target, Readable.from([chunk, chunk])))).to.match(/yielded before/);
    expect(requests).to.deep.equal([]);
  });

  it("sends a body of exactly one part in one request", async () => {
    await uploads()(target, cut(randomBytes(partBytes), mebibyte));
    expect(requests.map(({ method, body }) => [method, body.length])).to.deep.equal([["PUT", partBytes]]);
  });
});
