import { createHash } from "node:crypto";
import { request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import type { Credential } from "../../../../packages/local-cloud/credentials.ts";
import { blobsOf, bucket, type Endpoint, errorOf, startEndpoint, waitForBlobs } from "./endpoint.ts";

const body = Buffer.from("the very bytes that were announced");
const sha256 = createHash("sha256").update(body).digest("base64");
const headers = {
  "content-type": "image/png",
  "if-none-match": "*",
  "x-amz-checksum-sha256": sha256,
};

describe("presigned uploads", () => {
  let s3: Endpoint;
  let now: Date;
  beforeEach(async () => {
    now = new Date();
    s3 = await startEndpoint({ now: () => now });
  });
  afterEach(() => s3.stop());

  const sign = (key: string, credentials: Credential = s3.credential) =>
    getSignedUrl(
      s3.connect({ credentials, requestChecksumCalculation: "WHEN_REQUIRED" }),
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentType: "image/png",
        ContentLength: body.length,
        IfNoneMatch: "*",
        ChecksumSHA256: sha256,
      }),
      {
        expiresIn: 300,
        signableHeaders: new Set(["content-type"]),
        unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
      },
    );
  const put = (url: string, sent: Record<string, string> = headers, content: Buffer = body) =>
    fetch(url, { method: "PUT", headers: sent, body: Buffer.from(content) });

  it("sign length, type, condition and checksum, and accept exactly that file", async () => {
    const url = await sign("id/garden.png");
    const signed = new URL(url).searchParams.get("X-Amz-SignedHeaders");
    expect(signed).to.equal("content-length;content-type;host;if-none-match;x-amz-checksum-sha256");
    const response = await put(url);
    expect(response.status).to.equal(200);
    expect(s3.store.head(bucket, "id/garden.png")).to.deep.include({
      bytes: body.length,
      contentType: "image/png",
    });
  });

  it("work only once: the second PUT is refused", async () => {
    const url = await sign("once.png");
    expect((await put(url)).status).to.equal(200);
    expect(await errorOf(await put(url))).to.include({ status: 412, code: "PreconditionFailed" });
  });

  const { "if-none-match": _, ...withoutCondition } = headers;
  const tampered: Record<string, (url: string) => Promise<Response>> = {
    "another key": (url) => put(url.replace("garden", "gardem")),
    "a longer body": (url) => put(url, headers, Buffer.concat([body, body])),
    "another type": (url) => put(url, { ...headers, "content-type": "text/html" }),
    "no type": (url) => put(url, { "if-none-match": "*", "x-amz-checksum-sha256": sha256 }),
    "no condition": (url) => put(url, withoutCondition),
    "another checksum": (url) =>
      put(url, { ...headers, "x-amz-checksum-sha256": `${sha256.slice(0, -2)}A=` }),
    "a later expiry": (url) => put(url.replace("X-Amz-Expires=300", "X-Amz-Expires=3000")),
    "another method": (url) => fetch(url, { headers }),
    "another header name in the signed list": (url) => put(url.replace("if-none-match", "if-match")),
  };
  for (const [change, send] of Object.entries(tampered)) {
    it(`refuse a request with ${change}`, async () => {
      const refusal = await errorOf(await send(await sign("garden.png")));
      expect(refusal).to.include({ status: 403, code: "SignatureDoesNotMatch" });
      expect([...s3.store.list(bucket)]).to.deep.equal([]);
    });
  }

  it("refuse an x-amz header that was not signed", async () => {
    const refusal = await errorOf(await put(await sign("a.png"), { ...headers, "x-amz-meta-role": "admin" }));
    expect(refusal).to.include({ status: 403, code: "AccessDenied" });
    expect(refusal.document).to.include("<HeadersNotSigned>x-amz-meta-role</HeadersNotSigned>");
  });

  it("refuse a body with the right length and a wrong checksum", async () => {
    const refusal = await errorOf(await put(await sign("a.png"), headers, Buffer.alloc(body.length)));
    expect(refusal).to.include({ status: 400, code: "BadDigest" });
    expect([...s3.store.list(bucket)]).to.deep.equal([]);
  });

  it("are refused after their expiry", async () => {
    const url = await sign("late.png");
    now = new Date(now.getTime() + 301_000);
    const refusal = await errorOf(await put(url));
    expect(refusal).to.include({ status: 403, code: "AccessDenied" });
    expect(refusal.document).to.include("<Message>Request has expired</Message>");
  });

  it("are refused before the time of their signature", async () => {
    const url = await sign("early.png");
    now = new Date(now.getTime() - 16 * 60_000);
    expect((await errorOf(await put(url))).document).to.include(
      "<Message>Request is not valid yet</Message>",
    );
  });

  it("are refused without the session token of temporary credentials", async () => {
    const url = await sign(
      "t.png",
      s3.credentials.issue("arn:aws:iam::111111111111:role/api", { temporary: true }),
    );
    const withoutToken = url.replace(/X-Amz-Security-Token=[^&]*&/, "");
    expect(withoutToken).not.to.equal(url);
    expect(await errorOf(await put(withoutToken))).to.include({ status: 403, code: "InvalidAccessKeyId" });
    expect((await put(url)).status).to.equal(200);
  });

  it("may contain overrides of response headers in the query", async () => {
    await s3.store.put(bucket, "zip", body, { contentType: "application/zip", metadata: {} });
    const url = await getSignedUrl(
      s3.client,
      new GetObjectCommand({
        Bucket: bucket,
        Key: "zip",
        ResponseContentDisposition: "attachment",
        ResponseContentType: "text/plain",
      }),
    );
    const response = await fetch(url);
    expect(await response.text()).to.equal(body.toString());
    expect(response.headers.get("content-disposition")).to.equal("attachment");
    expect(response.headers.get("content-type")).to.equal("text/plain");
  });

  it("leave nothing behind when the client disconnects in the middle of the body", async () => {
    const url = await sign("half.png");
    const upload = request(url, { method: "PUT", headers: { ...headers, "content-length": body.length } });
    upload.on("error", () => {});
    await new Promise((resolve) => upload.write(body.subarray(0, 5), resolve));
    while (blobsOf(s3).length === 0) await setTimeout(5);
    upload.destroy();
    await waitForBlobs(s3, 0);
    expect(s3.store.head(bucket, "half.png")).to.equal(undefined);
    expect((await put(url)).status).to.equal(200);
  });
});
