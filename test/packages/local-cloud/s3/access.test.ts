import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import {
  bucket,
  type Endpoint,
  type EndpointOptions,
  errorOf,
  refusalOf,
  region,
  startEndpoint,
  waitForBlobs,
} from "./endpoint.ts";

describe("S3 access", () => {
  let s3: Endpoint;
  const start = async (options?: EndpointOptions) => {
    s3 = await startEndpoint(options);
  };
  afterEach(() => s3.stop());

  const put = (more = {}) => new PutObjectCommand({ Bucket: bucket, Key: "key", Body: "body", ...more });

  /** Returns a client that sets a header before it signs the request. */
  const alter = (name: string, value: string, config = {}) => {
    const client = s3.connect(config);
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers[name] = value;
        return next(args);
      },
      { step: "build", priority: "low" },
    );
    return client;
  };

  it("refuses anonymous requests", async () => {
    await start();
    expect(await errorOf(await fetch(`${s3.url}/${bucket}/key`))).to.include({
      status: 403,
      code: "AccessDenied",
    });
  });

  it("refuses a wrong secret, an unknown key, another region and a wrong clock, each with its own code", async () => {
    await start();
    const credentials = s3.credential;
    const attempts = {
      SignatureDoesNotMatch: s3.connect({ credentials: { ...credentials, secretAccessKey: "x" } }),
      InvalidAccessKeyId: s3.connect({ credentials: { ...credentials, accessKeyId: "AKIAUNKNOWN" } }),
      InvalidToken: s3.connect({ credentials: { ...credentials, sessionToken: "x" } }),
      AuthorizationHeaderMalformed: s3.connect({ region: "eu-west-1" }),
      RequestTimeTooSkewed: s3.connect({ systemClockOffset: 16 * 60_000 }),
    };
    for (const [code, client] of Object.entries(attempts)) {
      expect((await refusalOf(client.send(put()))).code).to.equal(code);
    }
    expect([...s3.store.list(bucket)]).to.deep.equal([]);
  });

  it("refuses a body whose SHA-256, MD5 or checksum differs from the header", async () => {
    await start();
    const digest = (algorithm: string) => createHash(algorithm).update("other").digest();
    const attempts: [string, string, string][] = [
      ["XAmzContentSHA256Mismatch", "x-amz-content-sha256", digest("sha256").toString("hex")],
      ["BadDigest", "content-md5", digest("md5").toString("base64")],
      ["InvalidDigest", "content-md5", "short"],
      ["BadDigest", "x-amz-checksum-crc32", "AAAAAA=="],
      ["InvalidRequest", "x-amz-checksum-crc32", "AAAA"],
      ["InvalidRequest", "x-amz-checksum-sha1", digest("sha1").toString("base64")],
    ];
    for (const [code, name, value] of attempts) {
      expect(await refusalOf(alter(name, value).send(put())), name).to.include({ status: 400, code });
    }
    expect([...s3.store.list(bucket)]).to.deep.equal([]);
  });

  it("refuses a body whose length differs from its aws-chunked header, and keeps the connection open", async () => {
    await start();
    const chunk = Buffer.alloc(1024 ** 2);
    const requestHandler = { httpAgent: { keepAlive: true, maxSockets: 1 } };
    for (const announced of [5, 32 * chunk.length]) {
      const client = alter("x-amz-decoded-content-length", String(announced), { requestHandler });
      for (const attempt of ["first", "on the same socket"]) {
        const upload = put({ Body: Readable.from(Array(16).fill(chunk)), ContentLength: 16 * chunk.length });
        expect((await refusalOf(client.send(upload))).code, attempt).to.equal("IncompleteBody");
      }
    }
    await waitForBlobs(s3, 0);
  });

  it("checks the permission of the principal for the action on the ARN", async () => {
    const checked: unknown[] = [];
    await start({
      authorize: ({ signatureAgeMs: _, ...request }) => {
        checked.push(request);
        return request.action !== "s3:ListBucket" && !request.resource.endsWith("/kept");
      },
    });
    await s3.client.send(put());
    expect(checked).to.deep.equal([
      {
        principal: s3.credential.principalArn,
        action: "s3:PutObject",
        resource: `arn:aws:s3:::${bucket}/key`,
      },
    ]);
    const absent = new GetObjectCommand({ Bucket: bucket, Key: "absent" });
    expect(await refusalOf(s3.client.send(absent)), "does not reveal whether the key exists").to.include({
      status: 403,
      code: "AccessDenied",
    });
    expect(await refusalOf(s3.client.send(new ListObjectsV2Command({ Bucket: bucket })))).to.include({
      status: 403,
    });
    const { Deleted, Errors } = await s3.client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: "key" }, { Key: "kept" }] } }),
    );
    expect([Deleted?.[0]?.Key, Errors?.[0]?.Key, Errors?.[0]?.Code]).to.deep.equal([
      "key",
      "kept",
      "AccessDenied",
    ]);
  });

  it("passes the age of the signature to the permission check", async () => {
    const ages: number[] = [];
    const signingDate = new Date("2026-01-01T12:00:00Z");
    await start({
      now: () => new Date(signingDate.getTime() + 61_500),
      authorize: ({ signatureAgeMs }) => ages.push(signatureAgeMs) > 0,
    });
    const url = await getSignedUrl(s3.client, put(), { signingDate, expiresIn: 300 });
    expect((await fetch(url, { method: "PUT", body: "body" })).status).to.equal(200);
    expect(ages).to.deep.equal([61_500]);
  });

  it("answers with an injected fault once, and the SDK's retry succeeds", async () => {
    const faults = [{ kind: "throttle" } as const];
    await start({ fault: ({ operation }) => (operation === "PutObject" ? faults.pop() : undefined) });
    const { $metadata } = await s3.connect({ maxAttempts: 2 }).send(put());
    expect($metadata.attempts).to.equal(2);
  });

  it("answers 501 and names an operation that it does not support", async () => {
    await start();
    const acl = s3.client.send(new GetObjectAclCommand({ Bucket: bucket, Key: "key" }));
    expect(await refusalOf(acl)).to.deep.include({
      status: 501,
      code: "NotImplemented",
      message: 'This endpoint has no operation "GET object acl"',
    });
    const copy = s3.client.send(
      new CopyObjectCommand({ Bucket: bucket, Key: "b", CopySource: `${bucket}/key` }),
    );
    expect(await refusalOf(copy)).to.include({ status: 501, code: "NotImplemented" });
  });

  it("answers HeadBucket and GetBucketLocation with the region, and 404 for an unknown bucket", async () => {
    await start();
    expect(await s3.client.send(new HeadBucketCommand({ Bucket: bucket }))).to.include({
      BucketRegion: region,
    });
    expect(await s3.client.send(new GetBucketLocationCommand({ Bucket: bucket }))).to.include({
      LocationConstraint: region,
    });
    expect(await refusalOf(s3.client.send(new HeadBucketCommand({ Bucket: "absent" })))).to.include({
      status: 404,
    });
  });

  it("refuses keys over 1024 bytes and metadata over 2 KB", async () => {
    await start();
    expect(await refusalOf(s3.client.send(put({ Key: "é".repeat(513) })))).to.include({
      code: "KeyTooLongError",
    });
    expect(await refusalOf(s3.client.send(put({ Metadata: { a: "b".repeat(2048) } })))).to.include({
      code: "MetadataTooLarge",
    });
  });
});
