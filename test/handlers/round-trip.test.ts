import { createHash } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { Receipt } from "../../contract/receipt.ts";
import { convert } from "../../converters/zip.ts";
import { s3Outputs } from "../../handlers/convert/outputs.ts";
import { requestedUploads } from "../../handlers/convert/requested-uploads.ts";
import { uploadConverter } from "../../handlers/convert/upload-converter.ts";
import { s3Uploads } from "../../handlers/convert/uploads.ts";
import { createUpload } from "../../handlers/upload-api/create-upload.ts";
import { s3UploadLookup } from "../../handlers/upload-api/upload-lookup.ts";
import { uploadStatus } from "../../handlers/upload-api/upload-status.ts";
import { type Endpoint, startEndpoint } from "../packages/local-cloud/s3/endpoint.ts";
import { apiEnvironment, apiEvent, bodyOf } from "./support/api.ts";
import { eventBody } from "./support/events.ts";
import { captureLogs } from "./support/logs.ts";

const file = Buffer.from("a note worth keeping");
const zipOnly = {
  VARIANTS: JSON.stringify([{ name: "archive", converter: "zip", options: { level: 5 } }]),
};

describe("handlers over the local S3 endpoint", () => {
  captureLogs();
  let endpoint: Endpoint;
  const created: string[] = [];

  beforeEach(async () => {
    created.length = 0;
    const buckets = new Map([
      ["uploads", {}],
      ["outputs", {}],
    ]);
    endpoint = await startEndpoint({
      buckets,
      onObjectCreated: ({ bucket, object }) => {
        if (bucket !== "uploads") return;
        const { key, etag, bytes } = object;
        created.push(eventBody({ key, etag, bytes }));
      },
    });
  });
  afterEach(() => endpoint.stop());

  async function presign(filename: string) {
    const s3 = endpoint.connect({ requestChecksumCalculation: "WHEN_REQUIRED" });
    const handle = createUpload({ s3, environment: apiEnvironment(zipOnly), now: Date.now });
    const sha256 = createHash("sha256").update(file).digest("hex");
    const request = { filename, contentType: "text/plain", size: file.length, sha256 };
    return bodyOf(await handle(apiEvent("POST /uploads", { body: JSON.stringify(request) })));
  }

  const put = ({ url, headers }: { url: string; headers: Record<string, string> }, body = file) =>
    fetch(url, { method: "PUT", headers, body: Uint8Array.from(body) });

  async function status(id: string) {
    const { VARIANTS, CDN_URL } = apiEnvironment(zipOnly);
    const store = s3UploadLookup(endpoint.client, "uploads", "outputs");
    const handle = uploadStatus({ store, variants: VARIANTS, cdnUrl: CDN_URL });
    return bodyOf(await handle(apiEvent("GET /uploads/{id}", { pathParameters: { id } })));
  }

  async function convertCreated() {
    const announced: Receipt[] = [];
    const convertUpload = uploadConverter({
      converter: "zip",
      variants: [{ name: "archive", options: { level: 5 } }],
      convert,
      uploads: s3Uploads(endpoint.client),
      outputs: s3Outputs(endpoint.client, "outputs"),
      announce: async (receipt) => {
        announced.push(receipt);
      },
      metrics: { taken() {}, skipped() {}, concluded() {} },
      now: Date.now,
    });
    for (const object of created.flatMap(requestedUploads)) await convertUpload(object);
    return announced;
  }

  for (const filename of ["notes.txt", "café & 🌸 <1+1>.txt", "100% %2B.txt"]) {
    it(`convert ${filename} after its presigned PUT`, async () => {
      const { id, upload, variants } = await presign(filename);
      expect(await put(upload)).to.have.property("status", 200);
      expect(await status(id)).to.include({ state: "converting" });
      expect(await convertCreated()).to.have.lengthOf(1);
      const done = await status(id);
      expect(done).to.include({ state: "complete" });
      expect(done.variants[0]).to.include({ url: variants[0].url, contentType: "application/zip" });
    });
  }

  it("accept a URL only once, and only for the announced bytes", async () => {
    const { upload } = await presign("notes.txt");
    const forged = Buffer.from(file).fill("x");
    expect(await put(upload, forged)).to.have.property("status", 400);
    expect(await put(upload)).to.have.property("status", 200);
    expect(await put(upload)).to.have.property("status", 412);
  });

  it("convert an upload once when its event arrives twice", async () => {
    const { upload } = await presign("notes.txt");
    await put(upload);
    created.push(...created);
    expect(await convertCreated()).to.have.lengthOf(1);
  });

  it("acknowledge an upload that was deleted before its event arrived", async () => {
    const { upload } = await presign("notes.txt");
    await put(upload);
    const [object] = created.flatMap(requestedUploads);
    await endpoint.client.send(new DeleteObjectCommand({ Bucket: "uploads", Key: object?.key }));
    expect(await convertCreated()).to.have.lengthOf(0);
  });
});
