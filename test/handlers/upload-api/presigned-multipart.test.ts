import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { MultipartUpload } from "../../../contract/upload-api.ts";
import { createUpload } from "../../../handlers/upload-api/create-upload.ts";
import { partSizeOf } from "../../../handlers/upload-api/presigned-multipart.ts";
import { router } from "../../../handlers/upload-api/router.ts";
import { apiEnvironment, apiEvent, bodyOf } from "../support/api.ts";
import { captureLogs } from "../support/logs.ts";
import { clientSettings, s3Error, standIn } from "../support/stand-in.ts";

const mib = 1024 ** 2;
const gib = 1024 ** 3;
const route = "POST /uploads";
const threshold = 5 * mib;
const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const large = { filename: "Garden+1 é.PNG", contentType: "image/png", size: 20 * mib + 1 };

describe("POST /uploads of a large file", () => {
  captureLogs();
  let fails = false;
  const { endpoint, requests } = standIn(() =>
    fails
      ? s3Error(503, "SlowDown")
      : {
          body: "<InitiateMultipartUploadResult><UploadId>the-id</UploadId></InitiateMultipartUploadResult>",
        },
  );
  beforeEach(() => {
    fails = false;
  });

  async function post(request: object) {
    const s3 = new S3Client({
      ...clientSettings,
      endpoint: endpoint.url,
      forcePathStyle: true,
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    const environment = apiEnvironment({
      MAX_UPLOAD_BYTES: String(10 * gib),
      MULTIPART_THRESHOLD_BYTES: String(threshold),
    });
    const handle = router({ [route]: createUpload({ s3, environment, now: () => now }) }, () => {});
    return handle(apiEvent(route, { body: JSON.stringify(request) }));
  }

  async function multipart(request: object): Promise<{ id: string; upload: MultipartUpload }> {
    return bodyOf(await post(request));
  }

  it("creates the upload at S3, with its type, before it answers", async () => {
    const { id } = await multipart(large);
    expect(
      requests.map(({ method, path, query }) => [method, decodeURIComponent(path), [...query.keys()]]),
    ).to.deep.equal([["POST", `/uploads/${id}/Garden+1 é.png`, ["uploads"]]]);
    expect(requests[0]?.headers["content-type"]).to.equal("image/png");
  });

  it("answers with parts that add up to the file, and with its completion and abort", async () => {
    const { upload } = await multipart(large);
    expect(upload).to.have.all.keys("method", "partSize", "parts", "complete", "abort", "expiresAt");
    expect(upload.method).to.equal("multipart");
    expect(upload.partSize).to.equal(8 * mib);
    expect(upload.parts.map(({ partNumber, size }) => [partNumber, size])).to.deep.equal([
      [1, 8 * mib],
      [2, 8 * mib],
      [3, 4 * mib + 1],
    ]);
    expect(upload.complete.headers).to.deep.equal({
      "if-none-match": "*",
      "x-amz-mp-object-size": String(large.size),
    });
  });

  it("signs the length of every part, and single use and the size of the whole at the completion", async () => {
    const { upload } = await multipart(large);
    const signed = (url: string) => new URL(url).searchParams.get("X-Amz-SignedHeaders");
    expect(upload.parts.map(({ url }) => signed(url))).to.deep.equal(Array(3).fill("content-length;host"));
    expect(signed(upload.complete.url)).to.equal("host;if-none-match;x-amz-mp-object-size");
    expect(new URL(upload.complete.url).searchParams.has("x-amz-mp-object-size")).to.equal(false);
    for (const { url } of [...upload.parts, upload.complete, upload.abort]) {
      expect(new URL(url).searchParams.get("uploadId")).to.equal("the-id");
      expect(url.toLowerCase()).not.to.include("checksum");
    }
  });

  it("lets all URLs expire together at the announced time", async () => {
    const { upload } = await multipart(large);
    expect(upload.expiresAt).to.equal("2026-01-02T05:04:05.000Z");
    for (const { url } of [...upload.parts, upload.complete, upload.abort]) {
      const { searchParams } = new URL(url);
      expect(searchParams.get("X-Amz-Date")).to.equal("20260102T030405Z");
      expect(searchParams.get("X-Amz-Expires")).to.equal("7200");
    }
  });

  it("applies above the threshold, and not at it", async () => {
    expect((await multipart({ ...large, size: threshold })).upload.method).to.equal("PUT");
    expect(requests).to.deep.equal([]);
    const { upload } = await multipart({ ...large, size: threshold + 1 });
    expect(upload.parts.map(({ size }) => size)).to.deep.equal([threshold + 1]);
  });

  it("refuses a SHA-256 that S3 could not check, before anything is created", async () => {
    const response = await post({ ...large, sha256: "0".repeat(64) });
    expect(response.statusCode).to.equal(400);
    const { code, detail, errors } = bodyOf(response);
    expect(code).to.equal("sha256-of-large-file");
    expect(detail).to.match(/more than 5242880 bytes .*leave sha256 out/);
    expect(errors).to.deep.equal([{ pointer: "#/sha256", detail }]);
    expect(requests).to.deep.equal([]);
    const small = await post({ ...large, size: threshold, sha256: "0".repeat(64) });
    expect(small.statusCode).to.equal(201);
  });

  it("answers 503 when S3 asks to slow down", async () => {
    fails = true;
    const response = await post(large);
    expect(response.statusCode).to.equal(503);
    expect(response.headers).to.include({ "retry-after": "1" });
  });

  it("stays within Lambda's limit for answers, for the largest file under the longest name", async () => {
    const filename = `${"é".repeat(120)}.png`;
    const response = await post({ ...large, filename, size: 10 * gib });
    const token = 4_000;
    const parts = bodyOf(response).upload.parts.length;
    expect((response.body ?? "").length + parts * token).to.be.below(6 * mib);
  });
});

describe("part sizes", () => {
  const cases: [bytes: number, partSize: number][] = [
    [1, 8 * mib],
    [2 * gib, 8 * mib],
    [2 * gib + 1, 16 * mib],
    [10 * gib, 64 * mib],
    [1024 * gib, 4 * gib],
  ];
  for (const [bytes, partSize] of cases) {
    it(`are ${partSize / mib} MiB for ${bytes} bytes, in at most 256 parts`, () => {
      expect(partSizeOf(bytes)).to.equal(partSize);
      expect(Math.ceil(bytes / partSize)).to.be.at.most(256);
    });
  }
});
