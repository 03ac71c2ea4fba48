import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { s3TrialStorage } from "../../../handlers/pre-traffic-hook/trial-storage.ts";
import { rejection } from "../support/rejection.ts";
import { clientSettings, type Reply, s3Error, standIn } from "../support/stand-in.ts";

const uploadId = "ffffffff-0000-4000-8000-000000000000";
const path = `${uploadId}/jpg/golden.jpg`;

describe("s3TrialStorage", () => {
  let reply: Reply;
  const { endpoint } = standIn(() => reply);
  const storage = () =>
    s3TrialStorage(
      new S3Client({ ...clientSettings, endpoint: endpoint.url, forcePathStyle: true }),
      "uploads",
      "outputs",
    );

  it("returns an output with its content type", async () => {
    reply = { headers: { "content-type": "image/jpeg" }, body: "picture" };
    expect(await storage().readOutput(path)).to.deep.equal({
      contentType: "image/jpeg",
      body: Buffer.from("picture"),
    });
  });

  it("names the missing object and its bucket", async () => {
    reply = s3Error(404, "NoSuchKey");
    expect(await storage().readOutput(path)).to.deep.equal({
      failure: `no output was written at files/${path}`,
    });
    expect(await storage().readReceipt(uploadId, "jpg")).to.deep.equal({
      failure: `no receipt was written at receipts/${uploadId}/jpg.json`,
    });
  });

  it("reports a refused read with the reason of S3, since the object may exist", async () => {
    const reason = "not authorized to perform: kms:Decrypt on the resource associated with this ciphertext";
    reply = { status: 403, body: `<Error><Code>AccessDenied</Code><Message>${reason}</Message></Error>` };
    expect(await storage().readOutput(path)).to.deep.equal({
      failure: `no output was written at files/${path}, or the hook may not read it: ${reason}`,
    });
    expect(await storage().readReceipt(uploadId, "jpg")).to.deep.equal({
      failure: `no receipt was written at receipts/${uploadId}/jpg.json, or the hook may not read it: ${reason}`,
    });
  });

  it("reports the mistake in an unreadable receipt", async () => {
    reply = { body: '{"state":"ready"}' };
    expect(await storage().readReceipt(uploadId, "jpg"))
      .to.have.property("failure")
      .that.matches(/^the object at receipts\/.*\/jpg\.json is not a receipt: /);
  });

  it("fails with every other error", async () => {
    for (const code of ["KMS.DisabledException", "SlowDown"]) {
      reply = s3Error(400, code);
      expect((await rejection(storage().readOutput(path))).name).to.equal(code);
    }
  });
});
