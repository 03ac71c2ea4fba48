import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { CompleteMultipartUploadCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import {
  blobsOf,
  bucket,
  type Endpoint,
  errorOf,
  refusalOf,
  startEndpoint,
  waitForBlobs,
} from "./endpoint.ts";

const mib = 1024 ** 2;

describe("S3 durability", () => {
  let s3: Endpoint;
  beforeEach(async () => {
    s3 = await startEndpoint();
  });
  afterEach(() => s3.stop());

  const put = (key: string, more = {}) =>
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: "body", ...more });

  it("keeps objects when it restarts, and deletes blobs that no object refers to", async () => {
    await s3.client.send(put("kept", { Metadata: { a: "b" } }));
    const before = blobsOf(s3);
    writeFileSync(join(s3.directory, "blobs", "orphan"), "x");
    await s3.stop({ keepData: true });
    s3 = await startEndpoint({ directory: s3.directory });
    const { Body, Metadata } = await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: "kept" }));
    expect(await Body?.transformToString()).to.equal("body");
    expect(Metadata).to.deep.equal({ a: "b" });
    expect(blobsOf(s3)).to.deep.equal(before);
  });

  it("loses no object that it has acknowledged when it is killed during writes", async () => {
    const child = fork(join(import.meta.dirname, "endpoint-process.ts"), [s3.directory]);
    await s3.stop({ keepData: true });
    const [{ url, credential }] = await once(child, "message");
    const client = s3.connect({ endpoint: url, credentials: credential });
    const acknowledged: string[] = [];
    const write = async (writer: number) => {
      for (let index = 0; ; index += 1) {
        await client.send(put(`${writer}/${index}`, { Body: `${writer}/${index}` }));
        acknowledged.push(`${writer}/${index}`);
        if (acknowledged.length === 40) child.kill("SIGKILL");
      }
    };
    await Promise.allSettled([1, 2, 3, 4].map(write));
    if (child.signalCode === null) await once(child, "exit");

    s3 = await startEndpoint({ directory: s3.directory });
    for (const key of acknowledged) {
      const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      expect(await Body?.transformToString()).to.equal(key);
    }
    expect(acknowledged.length).to.be.at.least(40);
    expect(blobsOf(s3)).to.have.length([...s3.store.list(bucket)].length);
  });

  it("accepts exactly one of many concurrent writes with If-None-Match", async () => {
    const bodies = Array.from({ length: 12 }, (_, index) => `writer ${index}`);
    const outcomes = await Promise.allSettled(
      bodies.map((Body) => s3.client.send(put("contested", { Body, IfNoneMatch: "*" }))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.map(({ reason }) => reason.name)).to.deep.equal(Array(11).fill("PreconditionFailed"));
    expect(blobsOf(s3)).to.have.length(1);
  });

  it("replaces only the version that If-Match names", async () => {
    const { ETag } = await s3.client.send(put("versioned"));
    await s3.client.send(put("versioned", { Body: "second", IfMatch: ETag }));
    expect(await refusalOf(s3.client.send(put("versioned", { IfMatch: ETag })))).to.include({ status: 412 });
    expect(await refusalOf(s3.client.send(put("absent", { IfMatch: ETag })))).to.include({ status: 404 });
    expect(blobsOf(s3)).to.have.length(1);
  });

  it("commits an object together with the changes of onObjectCreated, or neither", async () => {
    const events: string[] = [];
    await s3.stop();
    s3 = await startEndpoint({
      onObjectCreated: ({ object, eventName, principalId }) => {
        s3.database.exec("CREATE TABLE IF NOT EXISTS outbox (key TEXT)");
        s3.database.prepare("INSERT INTO outbox VALUES (?)").run(object.key);
        events.push(`${eventName} ${object.key} ${principalId.startsWith("AWS:AKIA")}`);
        if (object.key === "bad") throw new Error("the outbox is full");
      },
    });
    await s3.client.send(put("good"));
    expect(events).to.deep.equal(["ObjectCreated:Put good true"]);
    expect(() =>
      s3.store.commit(
        { ...requireObject(s3, "good"), key: "bad" },
        { within: () => s3.database.exec("INSERT INTO outbox VALUES ('bad'); SELECT broken") },
      ),
    ).to.throw();
    expect(s3.store.head(bucket, "bad")).to.equal(undefined);
    expect(s3.database.prepare("SELECT key FROM outbox").all()).to.deep.equal([
      { __proto__: null, key: "good" },
    ]);
  });

  it("stores nothing of a body that is shorter than its Content-Length", async () => {
    const url = new URL(await getSignedUrl(s3.client, put("short", { Body: undefined })));
    const socket = connect(s3.port, "127.0.0.1");
    socket.end(
      `PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: 100\r\n\r\nonly this`,
    );
    socket.resume();
    await once(socket, "close");
    await waitForBlobs(s3, 0);
    expect(s3.store.head(bucket, "short")).to.equal(undefined);
  });

  it("streams a body of 64 MiB in both directions", async () => {
    const chunk = randomBytes(mib);
    const Body = Readable.from(
      (function* () {
        for (let index = 0; index < 64; index += 1) yield chunk;
      })(),
    );
    await s3.client.send(put("large", { Body, ContentLength: 64 * mib }));
    const got = await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: "large" }));
    let bytes = 0;
    for await (const piece of got.Body as Readable) bytes += piece.length;
    expect(bytes).to.equal(64 * mib);
  });

  it("refuses a request before the body is sent when the headers suffice", async () => {
    await s3.client.send(put("taken"));
    const ask = async (key: string, bytes: number) => {
      const headers = { "content-length": bytes, "if-none-match": "*", expect: "100-continue" };
      const url = await getSignedUrl(s3.client, put(key, { Body: undefined, IfNoneMatch: "*" }));
      const upload = request(url, { method: "PUT", headers });
      upload.flushHeaders();
      const [response] = await once(upload, "response");
      const document = (await response.toArray()).join("");
      upload.on("error", () => {}).destroy();
      return `${response.statusCode} ${/<Code>(\w+)</.exec(document)?.[1]} ${response.headers.connection}`;
    };
    expect(await ask("huge", 5 * 1024 ** 3 + 1)).to.equal("400 EntityTooLarge close");
    expect(await ask("taken", 10)).to.equal("412 PreconditionFailed close");
  });

  it("refuses a large body before its end, and keeps the connection open", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (url: string, method: string, body: Buffer) =>
      new Promise<{ status?: number; port?: number }>((resolve, reject) => {
        const upload = request(url, { method, agent, headers: { "content-length": body.length } });
        upload.on("response", (response) => {
          const answer = { status: response.statusCode, port: upload.socket?.localPort };
          response.resume().on("end", () => resolve(answer));
        });
        upload.on("error", reject).end(body);
      });
    const { id } = s3.store.uploads.create({
      bucket,
      key: "m",
      initiated: new Date(),
      attributes: { contentType: "text/plain", metadata: {} },
    });
    const complete = new CompleteMultipartUploadCommand({ Bucket: bucket, Key: "m", UploadId: id });
    const { port, ...unread } = await send(`${s3.url}/${bucket}/unsigned`, "PUT", Buffer.alloc(32 * mib));
    const halfRead = await send(await getSignedUrl(s3.client, complete), "POST", Buffer.alloc(32 * mib));
    const small = await send(`${s3.url}/${bucket}/unsigned`, "PUT", Buffer.alloc(1));
    expect(unread).to.deep.equal({ status: 403 });
    expect(halfRead).to.deep.equal({ status: 400, port });
    expect(small).to.deep.equal({ status: 403, port });
    agent.destroy();
  });

  it("sends 100 Continue to an SDK client that waits for it, or refuses the request", async () => {
    const client = s3.connect({ expectContinueHeader: 1 });
    const Body = Buffer.alloc(3 * mib, "a");
    await client.send(put("continued", { Body }));
    expect(s3.store.head(bucket, "continued")?.bytes).to.equal(3 * mib);
    expect(await refusalOf(client.send(put("continued", { Body, IfNoneMatch: "*" })))).to.include({
      status: 412,
    });
    await client.send(put("continued", { Body }));
  });

  it("answers InvalidURI when the target is not UTF-8", async () => {
    const response = await fetch(`${s3.url}/${bucket}/%E9`);
    expect(await errorOf(response)).to.include({ status: 400, code: "InvalidURI" });
  });
});

function requireObject({ store }: Endpoint, key: string) {
  const object = store.head(bucket, key);
  if (!object) throw new Error(`no object ${key}`);
  return object;
}
