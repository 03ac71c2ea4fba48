import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { png, zip } from "../../../contract/media-types.ts";
import type { Receipt } from "../../../contract/receipt.ts";
import { s3Outputs } from "../../../handlers/convert/outputs.ts";
import { captureLogs } from "../support/logs.ts";
import { rejection } from "../support/rejection.ts";
import { clientSettings, type ReceivedRequest, type Reply, s3Error, standIn } from "../support/stand-in.ts";

const mebibyte = 2 ** 20;

const receipt: Receipt = {
  uploadId: "u1",
  variant: "archive",
  converter: "zip",
  state: "failed",
  source: { etag: "e1", bytes: 4 },
  settings: "hash",
  error: { code: "corrupt-input", message: "the file ends early" },
  at: "2026-01-02T03:04:05.000Z",
};

/** Yields `count` chunks of 1 MiB, and then fails if requested. */
function chunks(count: number, error?: Error): Readable {
  return Readable.from(
    (async function* () {
      for (let index = 0; index < count; index += 1) yield Buffer.alloc(mebibyte, index);
      if (error) throw error;
    })(),
    { objectMode: false },
  );
}

/** Answers the requests of a multipart upload. */
function multipart({ method, query }: ReceivedRequest): Reply {
  if (method === "POST" && query.has("uploads")) {
    const body = "<InitiateMultipartUploadResult><UploadId>mpu</UploadId></InitiateMultipartUploadResult>";
    return { body };
  }
  if (method === "POST") {
    const body = "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";
    return { body };
  }
  return { status: method === "DELETE" ? 204 : 200, headers: { etag: '"part"' } };
}

describe("outputs in S3", () => {
  const logs = captureLogs();
  let reply: (request: ReceivedRequest) => Reply = multipart;
  const { requests, endpoint } = standIn((request) => reply(request));
  const outputs = () => s3Outputs(new S3Client({ ...clientSettings, endpoint: endpoint.url }), "outputs");
  const methods = () => requests.map(({ method }) => method);

  beforeEach(() => {
    reply = multipart;
  });

  it("store a buffer in one request, cacheable for a day", async () => {
    expect(await outputs().write("u1/small/a.png", { type: png, body: Buffer.from("png") })).to.equal(3);
    expect(requests).to.have.lengthOf(1);
    const [put] = requests;
    expect(put).to.include({ method: "PUT", path: "/outputs/files/u1/small/a.png" });
    expect(put?.headers).to.include({
      "content-type": "image/png",
      "content-length": "3",
      "cache-control": "public, max-age=86400",
    });
  });

  it("store a long stream in parts and count its bytes", async () => {
    const bytes = await outputs().write("u1/archive/a.zip", { type: zip, body: chunks(12) });
    expect(bytes).to.equal(12 * mebibyte);
    const parts = requests.filter(({ method }) => method === "PUT");
    expect(parts.map(({ body }) => body.length / mebibyte).sort()).to.deep.equal([4, 8]);
    expect(requests[0]?.headers).to.include({
      "content-type": "application/zip",
      "cache-control": "public, max-age=86400",
    });
    expect(methods().at(-1)).to.equal("POST");
  });

  it("store a short or empty stream in one request", async () => {
    expect(await outputs().write("u1/archive/a.zip", { type: zip, body: chunks(1) })).to.equal(mebibyte);
    expect(await outputs().write("u1/archive/a.zip", { type: zip, body: chunks(0) })).to.equal(0);
    expect(methods()).to.deep.equal(["PUT", "PUT"]);
  });

  it("abort the upload when the stream fails, and fail with its error", async () => {
    const error = new Error("source ended early");
    const writing = outputs().write("u1/archive/a.zip", { type: zip, body: chunks(10, error) });
    expect(await rejection(writing)).to.equal(error);
    expect(methods().at(-1)).to.equal("DELETE");
    expect(requests.at(-1)?.query.get("uploadId")).to.equal("mpu");
  });

  it("abort the upload and end the stream when a part fails", async () => {
    reply = (request) =>
      request.query.get("partNumber") === "2" ? s3Error(500, "InternalError") : multipart(request);
    const body = chunks(60);
    expect(await rejection(outputs().write("u1/archive/a.zip", { type: zip, body }))).to.have.property(
      "name",
      "InternalError",
    );
    expect(methods()).to.include("DELETE");
    expect(methods().filter((method) => method === "POST")).to.have.lengthOf(1);
    expect(body.destroyed).to.equal(true);
  });

  it("return the receipt that was stored", async () => {
    await outputs().writeReceipt(receipt);
    const stored = requests[0];
    expect(stored?.path).to.equal("/outputs/receipts/u1/archive.json");
    reply = () => ({ body: stored?.body ?? "" });
    expect(await outputs().readReceipt("u1", "archive")).to.deep.equal(receipt);
  });

  it("have no receipt when S3 has no object", async () => {
    reply = () => s3Error(404, "NoSuchKey");
    expect(await outputs().readReceipt("u1", "archive")).to.equal(undefined);
    expect(logs).to.have.lengthOf(0);
  });

  for (const body of ["", "{", '{"state":"ready"}', JSON.stringify({ ...receipt, state: "lost" })]) {
    it(`ignore and log the receipt ${body.slice(0, 20) || "that is empty"}`, async () => {
      reply = () => ({ body });
      expect(await outputs().readReceipt("u1", "archive")).to.equal(undefined);
      expect(logs[0]).to.include({
        level: "warn",
        result: "unreadable-receipt",
        key: "receipts/u1/archive.json",
      });
    });
  }

  it("fail when a receipt cannot be read for another reason", async () => {
    reply = () => s3Error(403, "AccessDenied");
    expect(await rejection(outputs().readReceipt("u1", "archive"))).to.have.property("name", "AccessDenied");
  });
});
