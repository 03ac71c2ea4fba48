import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { close, listen, type RequestFault } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import type { MultipartUpload } from "../../../contract/upload-api.ts";
import { presignedMultipart } from "../../../handlers/upload-api/presigned-multipart.ts";
import { type MultipartOptions, putMultipart } from "../../../packages/client/multipart-upload.ts";
import { RequestError } from "../../../packages/client/request-error.ts";
import { SourceFile } from "../../../packages/client/source-file.ts";
import { rejection } from "../../handlers/support/rejection.ts";
import { bucket, type Endpoint, startEndpoint, waitForBlobs } from "../local-cloud/s3/endpoint.ts";

const mib = 1024 ** 2;
const content = randomBytes(20 * mib);
const key = "id/large.bin";
const contentType = "application/octet-stream";
const bytes = content.length;

describe("putMultipart", () => {
  let s3: Endpoint;
  let directory: string;
  let path: string;
  let created: string[];
  let now: Date;
  let fault: (operation: string) => RequestFault | undefined;
  let mayPut: () => boolean;
  beforeEach(async () => {
    created = [];
    fault = () => undefined;
    mayPut = () => true;
    now = new Date();
    s3 = await startEndpoint({
      now: () => now,
      fault: ({ operation }) => fault(operation),
      authorize: ({ action }) => action !== "s3:PutObject" || mayPut(),
      onObjectCreated: ({ eventName }) => created.push(eventName),
    });
    directory = await mkdtemp(join(tmpdir(), "henkan-large-"));
    path = join(directory, "large.bin");
    await writeFile(path, content);
  });
  afterEach(async () => {
    await s3.stop();
    await rm(directory, { recursive: true });
  });

  const presign = () =>
    presignedMultipart(
      s3.connect({ requestChecksumCalculation: "WHEN_REQUIRED" }),
      { bucket, key, contentType, bytes },
      { now: now.getTime(), expirySeconds: 7200 },
    );

  async function send(upload: MultipartUpload, options: MultipartOptions = {}): Promise<void> {
    const source = await SourceFile.open(path);
    try {
      await putMultipart(upload, source, options);
    } finally {
      await source.close();
    }
  }

  async function refusalOf(upload: MultipartUpload, options: MultipartOptions = {}): Promise<RequestError> {
    const error = await rejection(send(upload, options));
    if (!(error instanceof RequestError)) throw error;
    return error;
  }

  async function nothingIsLeft(): Promise<void> {
    expect(created).to.deep.equal([]);
    expect([...s3.store.list(bucket)]).to.deep.equal([]);
    expect(s3.store.uploads.list(bucket)).to.deep.equal([]);
    await waitForBlobs(s3, 0);
  }

  it("stores the file as one object, and reports progress", async () => {
    const progress: number[] = [];
    await send(await presign(), { onProgress: (sentBytes) => progress.push(sentBytes) });
    const stored = s3.store.head(bucket, key);
    expect(stored).to.deep.include({ bytes, contentType });
    expect(stored?.etag).to.match(/^[0-9a-f]{32}-3$/);
    const stream = s3.store.blobs.read(stored?.blobs ?? [], { start: 0, end: bytes - 1 });
    expect((await buffer(stream)).equals(content)).to.equal(true);
    expect(created).to.deep.equal(["ObjectCreated:CompleteMultipartUpload"]);
    expect(progress.at(-1)).to.equal(bytes);
    expect(progress).to.deep.equal(progress.toSorted((a, b) => a - b));
    expect(new Set(progress).size).to.be.above(40);
  });

  it("retries parts and the completion when S3 asks for it", async () => {
    const refused: string[] = [];
    fault = (operation) => {
      const isFirst = !refused.includes(operation);
      if (isFirst) refused.push(operation);
      return isFirst && operation !== "CreateMultipartUpload" ? { kind: "throttle" } : undefined;
    };
    await send(await presign());
    expect(refused).to.include.members(["UploadPart", "CompleteMultipartUpload"]);
    expect(created).to.have.length(1);
  });

  describe("on an unreliable network", () => {
    let proxy: Server;
    let cut: (method: string, url: string) => "before" | "after" | undefined;
    beforeEach(async () => {
      proxy = createServer(async (incoming, outgoing) => {
        const { method = "", url = "", headers } = incoming;
        const failure = cut(method, url);
        if (failure === "before") return incoming.socket.destroy();
        const { expect: _, ...others } = headers;
        const body = await buffer(incoming);
        const forwarded = request(`${s3.url}${url}`, {
          method,
          headers: { ...others, host: new URL(s3.url).host },
        }).end(body);
        const [answer] = await once(forwarded, "response");
        const document = await buffer(answer);
        if (failure === "after") return incoming.socket.destroy();
        outgoing.writeHead(answer.statusCode, answer.headers).end(document);
      });
      await listen(proxy, 0);
    });
    afterEach(() => close(proxy));

    function through(upload: MultipartUpload): MultipartUpload {
      const address = proxy.address();
      const port = typeof address === "object" ? address?.port : undefined;
      return JSON.parse(JSON.stringify(upload).replaceAll(s3.url, `http://127.0.0.1:${port}`));
    }

    it("sends a part again after its connection broke", async () => {
      let cuts = 0;
      cut = (method) => (method === "PUT" && cuts++ === 1 ? "before" : undefined);
      await send(through(await presign()));
      expect(cuts).to.equal(4);
      expect(created).to.have.length(1);
    });

    it("succeeds when only the answer to the completion was lost", async () => {
      let completions = 0;
      cut = (method) => (method === "POST" && completions++ === 0 ? "after" : undefined);
      await send(through(await presign()));
      expect(completions).to.equal(2);
      expect(created).to.have.length(1);
    });

    it("fails at once when nothing listens at the address", async () => {
      const upload = through(await presign());
      await close(proxy);
      const { code, message } = await refusalOf(upload);
      expect(code).to.equal("network-error");
      expect(message).to.match(/could not be sent to 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
      await listen(proxy, 0);
    });
  });

  const changes: Record<string, () => Promise<void>> = {
    grows: () => appendFile(path, "more"),
    shrinks: () => truncate(path, 5 * mib),
    "is written anew with as many bytes": () => writeFile(path, Buffer.alloc(bytes)),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`stops when the file ${what} during the upload, and leaves no parts`, async () => {
      let changed: Promise<void> | undefined;
      const onProgress = () => {
        changed ??= change();
      };
      const { code, message } = await refusalOf(await presign(), { onProgress, concurrency: 1 });
      await changed;
      expect(code).to.equal("file-changed");
      expect(message).to.include("changed while it was being sent");
      await nothingIsLeft();
    });
  }

  it("sends the whole file when it is deleted during the upload", async () => {
    let deleted: Promise<void> | undefined;
    const onProgress = () => {
      deleted ??= unlink(path);
    };
    await send(await presign(), { onProgress, concurrency: 1 });
    await deleted;
    expect(s3.store.head(bucket, key)).to.include({ bytes });
  });

  it("sends nothing when the file does not have the announced size", async () => {
    const upload = await presign();
    await appendFile(path, "more");
    const { code, message } = await refusalOf(upload);
    expect(code).to.equal("file-changed");
    expect(message).to.include(`has ${bytes + 4} bytes, but ${bytes} were announced`);
    await nothingIsLeft();
  });

  it("ends when its signal is aborted, and leaves no parts", async () => {
    const interruption = new AbortController();
    const reason = new Error("Ctrl-C");
    const onProgress = (sentBytes: number) => {
      if (sentBytes > 10 * mib) interruption.abort(reason);
    };
    const error = await rejection(send(await presign(), { onProgress, signal: interruption.signal }));
    expect(error).to.equal(reason);
    await nothingIsLeft();
  });

  it("reports expired URLs, and does not retry", async () => {
    const upload = await presign();
    now = new Date(now.getTime() + 7_201_000);
    let parts = 0;
    fault = (operation) => {
      if (operation === "UploadPart") parts++;
      return undefined;
    };
    const { code, message } = await refusalOf(upload);
    expect(code).to.equal("expired");
    expect(message).to.include(upload.expiresAt).and.to.include("Send it again");
    expect(parts).to.equal(0);
  });

  it("fails with S3's code when another client aborted the upload", async () => {
    const upload = await presign();
    await fetch(upload.abort.url, { method: "DELETE" });
    expect(await refusalOf(upload)).to.include({ code: "NoSuchUpload" });
  });

  it("fails with S3's code and leaves no parts when S3 refuses one", async () => {
    const upload = await presign();
    let requests = 0;
    mayPut = () => ++requests !== 3;
    expect(await refusalOf(upload)).to.include({ code: "AccessDenied" });
    await nothingIsLeft();
  });
});
