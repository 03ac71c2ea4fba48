import { Readable } from "node:stream";
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { bucket, type Endpoint, refusalOf, startEndpoint, waitForBlobs } from "./endpoint.ts";

describe("S3 reads", () => {
  let s3: Endpoint;
  let etag: string;
  const written = new Date("2026-01-02T03:04:05.678Z");
  const earlier = new Date("2026-01-02T03:04:04Z");
  const sameSecond = new Date("2026-01-02T03:04:05Z");

  before(async () => {
    s3 = await startEndpoint();
    const attributes = { contentType: "text/plain", metadata: {} };
    etag = (
      await s3.store.put(bucket, "ten", Buffer.from("0123456789"), attributes, { lastModified: written })
    ).etag;
    await s3.store.put(bucket, "empty", Buffer.alloc(0), attributes);
  });
  after(() => s3.stop());

  const get = (more: Partial<GetObjectCommandInput>) =>
    s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: "ten", ...more }));

  const ranges = {
    "bytes=2-4": "234",
    "bytes=7-": "789",
    "bytes=-3": "789",
    "bytes=-30": "0123456789",
    "bytes=8-99": "89",
  };
  for (const [range, expected] of Object.entries(ranges)) {
    it(`answer the range ${range} with 206`, async () => {
      const got = await get({ Range: range, ChecksumMode: "ENABLED" });
      expect(await got.Body?.transformToString()).to.equal(expected);
      expect(got.$metadata.httpStatusCode).to.equal(206);
      expect(got.ContentRange).to.match(/^bytes \d-9\/10$|^bytes 2-4\/10$/);
    });
  }

  for (const range of ["bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-"]) {
    it(`ignore the range ${range}`, async () => {
      const got = await get({ Range: range });
      expect(await got.Body?.transformToString()).to.equal("0123456789");
      expect(got.$metadata.httpStatusCode).to.equal(200);
    });
  }

  for (const [key, range] of [
    ["ten", "bytes=10-"],
    ["ten", "bytes=-0"],
    ["empty", "bytes=0-0"],
  ]) {
    it(`answer the range ${range} of the object "${key}" with 416`, async () => {
      expect(await refusalOf(get({ Key: key, Range: range }))).to.include({
        status: 416,
        code: "InvalidRange",
      });
    });
  }

  it("serve an empty object", async () => {
    expect(await (await get({ Key: "empty" })).Body?.transformToString()).to.equal("");
  });

  const conditions: [string, () => Partial<GetObjectCommandInput>, number][] = [
    ["the ETag in If-None-Match", () => ({ IfNoneMatch: `"${etag}"` }), 304],
    ["the ETag among several in If-None-Match", () => ({ IfNoneMatch: `"other", W/"${etag}"` }), 304],
    [
      "another ETag in If-None-Match and a current date in If-Modified-Since",
      () => ({ IfNoneMatch: '"x"', IfModifiedSince: sameSecond }),
      200,
    ],
    ["the second of the last change in If-Modified-Since", () => ({ IfModifiedSince: sameSecond }), 304],
    ["an earlier second in If-Modified-Since", () => ({ IfModifiedSince: earlier }), 200],
    [
      "the ETag in If-Match and an earlier second in If-Unmodified-Since",
      () => ({ IfMatch: `"${etag}"`, IfUnmodifiedSince: earlier }),
      200,
    ],
    ["another ETag in If-Match", () => ({ IfMatch: '"x"' }), 412],
    ["an earlier second in If-Unmodified-Since", () => ({ IfUnmodifiedSince: earlier }), 412],
  ];
  for (const [condition, input, status] of conditions) {
    it(`answer ${status} to ${condition}`, async () => {
      const answer =
        status === 200
          ? (await get(input())).$metadata.httpStatusCode
          : (await refusalOf(get(input()))).status;
      expect(answer).to.equal(status);
    });
  }

  it("answer HEAD with the headers alone, and 404 without a body", async () => {
    const head = (Key: string) => s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
    expect(await head("ten")).to.include({ ContentLength: 10, ContentType: "text/plain", ETag: `"${etag}"` });
    expect((await head("ten")).LastModified).to.deep.equal(sameSecond);
    expect(await refusalOf(head("absent"))).to.include({ status: 404, code: "NotFound" });
  });

  it("send the old object to the end when it is replaced during the read", async () => {
    const part = Buffer.alloc(4 * 1024 ** 2, "a");
    const { uploads } = s3.store;
    const attributes = { contentType: "text/plain", metadata: {} };
    const upload = uploads.create({ bucket, key: "big", initiated: written, attributes });
    for (const number of [1, 2]) await uploads.putPart(upload, number, Readable.from([part]));
    uploads.complete(upload, uploads.parts(upload.id));
    const { Body } = await get({ Key: "big" });
    await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key: "big", Body: "new" }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(Buffer.concat([part, part]))).to.equal(true);
    expect(await (await get({ Key: "big" })).Body?.transformToString()).to.equal("new");
    await waitForBlobs(s3, [...s3.store.list(bucket)].length);
  });
});
