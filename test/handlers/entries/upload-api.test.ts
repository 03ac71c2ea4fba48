import type { Context } from "aws-lambda";
import { expect } from "chai";
import { apiEvent, apiVariables, bodyOf } from "../support/api.ts";
import { awsVariables, withEnvironment } from "../support/environment.ts";
import { captureLogs } from "../support/logs.ts";
import { captureMetrics } from "../support/metrics.ts";
import { uploadId } from "../support/pipeline.ts";
import { standIn } from "../support/stand-in.ts";

describe("upload API handler", () => {
  captureLogs();
  captureMetrics();
  const { endpoint } = standIn(() => ({ body: "<ListBucketResult/>" }));
  withEnvironment(() => ({ ...awsVariables, ...apiVariables, AWS_ENDPOINT_URL_S3: endpoint.url }));
  const handle = async (...event: Parameters<typeof apiEvent>) =>
    (await import("../../../handlers/entries/upload-api.ts")).handler(apiEvent(...event), {} as Context);

  it("presigns uploads against the configured endpoint, with the function's session", async () => {
    const body = JSON.stringify({ filename: "a.png", contentType: "image/png", size: 7 });
    const response = await handle("POST /uploads", { body });
    const { id, upload } = bodyOf(response);
    const url = new URL(upload.url);
    expect(`${url.origin}${url.pathname}`).to.equal(`${endpoint.url}/uploads/${id}/a.png`);
    expect(url.searchParams.get("X-Amz-Security-Token")).to.equal("token");
    expect(url.search.toLowerCase()).not.to.include("crc32");
  });

  it("answers requests for the status of an upload", async () => {
    const response = await handle("GET /uploads/{id}", { pathParameters: { id: uploadId } });
    expect(bodyOf(response)).to.include({ status: 404, code: "not-found" });
  });

  it("answers 404 for anything else", async () => {
    expect((await handle("DELETE /uploads/{id}")).statusCode).to.equal(404);
  });
});
