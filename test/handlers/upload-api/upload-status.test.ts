import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { Receipt } from "../../../contract/receipt.ts";
import { router } from "../../../handlers/upload-api/router.ts";
import { s3UploadLookup } from "../../../handlers/upload-api/upload-lookup.ts";
import { uploadStatus } from "../../../handlers/upload-api/upload-status.ts";
import { apiEnvironment, apiEvent, bodyOf } from "../support/api.ts";
import { captureLogs } from "../support/logs.ts";
import { uploadId } from "../support/pipeline.ts";
import { clientSettings, type ReceivedRequest, type Reply, s3Error, standIn } from "../support/stand-in.ts";

const route = "GET /uploads/{id}";

const ready = (variant: string, etag = "e1"): Receipt => ({
  uploadId,
  variant,
  converter: "resize",
  state: "ready",
  path: `${uploadId}/${variant}/a b.webp`,
  contentType: "image/webp",
  bytes: 6,
  width: 3,
  height: 2,
  source: { etag, bytes: 4 },
  settings: "hash",
  at: "2026-01-02T03:04:05.000Z",
});

const failed = (variant: string): Receipt => ({
  uploadId,
  variant,
  converter: "zip",
  state: "failed",
  error: { code: "corrupt-input", message: "the file ends early" },
  source: { etag: "e1", bytes: 4 },
  settings: "hash",
  at: "2026-01-02T03:04:05.000Z",
});

describe("GET /uploads/{id}", () => {
  captureLogs();
  let filename: string | undefined;
  let receipts: Receipt[] = [];
  const { requests, endpoint } = standIn(reply);

  function listing(keys: readonly string[]): Reply {
    const contents = keys.map((key) => `<Contents><Key>${key}</Key><ETag>"e1"</ETag></Contents>`);
    return { body: `<ListBucketResult>${contents.join("")}</ListBucketResult>` };
  }

  function reply({ path, query }: ReceivedRequest): Reply {
    if (path === "/uploads/") {
      return listing(filename ? [`${query.get("prefix")}${filename}`] : []);
    }
    if (path === "/outputs/")
      return listing(receipts.map(({ variant }) => `${query.get("prefix")}${variant}.json`));
    const receipt = receipts.find(({ variant }) => path === `/outputs/receipts/${uploadId}/${variant}.json`);
    return receipt ? { body: JSON.stringify(receipt) } : s3Error(404, "NoSuchKey");
  }

  async function get(id = uploadId) {
    const { CDN_URL, VARIANTS } = apiEnvironment();
    const s3 = new S3Client({ ...clientSettings, endpoint: endpoint.url });
    const store = s3UploadLookup(s3, "uploads", "outputs");
    const handle = router(
      { [route]: uploadStatus({ store, variants: VARIANTS, cdnUrl: CDN_URL }) },
      () => {},
    );
    return handle(apiEvent(route, { pathParameters: { id } }));
  }

  const states = (body: { variants: { name: string; state: string }[] }) =>
    body.variants.map(({ name, state }) => `${name} ${state}`);

  beforeEach(() => {
    filename = "a b.png";
    receipts = [];
  });

  it("is converting right after the upload, with every variant of the type pending", async () => {
    const response = await get();
    expect(response).to.deep.include({
      statusCode: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
    const body = bodyOf(response);
    expect(body).to.include({ id: uploadId, state: "converting" });
    expect(states(body)).to.deep.equal(["preview pending", "jpg pending", "archive pending"]);
  });

  it("expects only the variants that accept the upload's type", async () => {
    filename = "a.pdf";
    expect(states(bodyOf(await get()))).to.deep.equal(["archive pending"]);
  });

  it("is converting while one variant is pending", async () => {
    receipts = [ready("preview"), failed("jpg")];
    expect(bodyOf(await get()).state).to.equal("converting");
  });

  it("is complete when every variant is ready, and describes each", async () => {
    receipts = [ready("preview"), ready("jpg"), ready("archive")];
    const { state, variants } = bodyOf(await get());
    expect(state).to.equal("complete");
    expect(variants[0]).to.deep.equal({
      name: "preview",
      state: "ready",
      url: `https://cdn.example/${uploadId}/preview/a%20b.webp`,
      contentType: "image/webp",
      bytes: 6,
      width: 3,
      height: 2,
    });
  });

  it("is failed when every variant has failed, with the reasons", async () => {
    receipts = [failed("preview"), failed("jpg"), failed("archive")];
    const { state, variants } = bodyOf(await get());
    expect(state).to.equal("failed");
    expect(variants[1]).to.deep.equal({
      name: "jpg",
      state: "failed",
      error: { code: "corrupt-input", message: "the file ends early" },
    });
  });

  it("is partial when some are ready and the others have failed", async () => {
    receipts = [ready("preview"), failed("jpg"), ready("archive")];
    expect(bodyOf(await get()).state).to.equal("partial");
  });

  it("shows variants that are no longer declared", async () => {
    receipts = [ready("preview"), ready("jpg"), ready("archive"), ready("poster")];
    expect(states(bodyOf(await get()))).to.include("poster ready");
  });

  it("counts a variant that was made of other bytes as pending", async () => {
    receipts = [ready("preview", "e0"), ready("jpg"), ready("archive")];
    expect(states(bodyOf(await get()))).to.deep.equal(["preview pending", "jpg ready", "archive ready"]);
  });

  it("answers from the receipts when the upload has expired", async () => {
    filename = undefined;
    receipts = [ready("preview"), failed("poster")];
    const body = bodyOf(await get());
    expect(body.state).to.equal("partial");
    expect(states(body)).to.deep.equal(["preview ready", "poster failed"]);
  });

  it("is 404 when there is neither upload nor receipt", async () => {
    filename = undefined;
    const response = await get();
    expect(response.statusCode).to.equal(404);
    expect(bodyOf(response)).to.include({ code: "not-found" });
  });

  for (const id of ["", "x", uploadId.toUpperCase(), `${uploadId}/..`]) {
    it(`is 404 for the id "${id}", without asking S3`, async () => {
      expect((await get(id)).statusCode).to.equal(404);
      expect(requests).to.have.lengthOf(0);
    });
  }
});
