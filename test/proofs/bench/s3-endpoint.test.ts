import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateMultipartUploadCommand, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { bucket, type Endpoint, startEndpoint } from "../../../proofs/bench/s3/endpoint.ts";

describe("the bench's S3 endpoint", () => {
  let directory: string;
  let endpoint: Endpoint;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "henkan-bench-s3-"));
    endpoint = await startEndpoint(directory);
  });
  afterEach(() => {
    endpoint.close();
    rmSync(directory, { recursive: true });
  });
  const files = () => readdirSync(join(directory, "blobs")).length;
  const put = (key: string) =>
    endpoint.put({ key, kind: "noise", bytes: 1000, contentType: "application/octet-stream" });

  it("releases the disk of everything but one object, then of that object", async () => {
    for (const key of ["noise", "zip/noise", "zip/text"]) await put(key);
    expect(files()).to.equal(3);
    await endpoint.clear("noise");
    expect(files()).to.equal(1);
    await endpoint.clear();
    expect(files()).to.equal(0);
  });

  it("releases the disk of unfinished uploads", async () => {
    const { variables } = endpoint;
    const s3 = new S3Client({
      endpoint: variables.AWS_ENDPOINT_URL_S3 ?? "",
      region: variables.AWS_REGION ?? "",
      credentials: {
        accessKeyId: variables.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? "",
      },
    });
    const target = { Bucket: bucket, Key: "zip/noise" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "part" }));
    s3.destroy();
    expect(files()).to.equal(1);
    await endpoint.clear("noise");
    expect(files()).to.equal(0);
  });
});
