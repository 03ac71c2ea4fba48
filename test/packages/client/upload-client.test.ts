import { execFileSync } from "node:child_process";
import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { close, listen } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { putFile } from "../../../packages/client/put-file.ts";
import { SourceFile } from "../../../packages/client/source-file.ts";
import { UploadClient } from "../../../packages/client/upload-client.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const id = "0192f2f0-0000-7000-8000-000000000000";

describe("UploadClient", () => {
  let server: Server;
  let url: string;
  let work: ReturnType<typeof temporaryDirectory>;
  let serve: (request: IncomingMessage, response: ServerResponse, count: number) => unknown;

  beforeEach(async () => {
    work = temporaryDirectory();
    let count = 0;
    server = createServer((request, response) => serve(request, response, ++count));
    url = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterEach(async () => {
    await close(server);
    work.remove();
  });

  const json = (response: ServerResponse, status: number, body: object, type = "application/json") =>
    response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));

  it("retries when the API throttles or the connection breaks", async () => {
    serve = (request, response, count) => {
      if (count === 1) json(response, 429, { message: "Too Many Requests" });
      else if (count === 2) request.destroy();
      else if (count === 3) json(response, 503, { message: "Service Unavailable" });
      else json(response, 200, { id, state: "complete", variants: [] });
    };
    expect(await new UploadClient(`${url}/`).status(id)).to.deep.include({ id, state: "complete" });
  });

  it("does not retry a refused request", async () => {
    const counts: number[] = [];
    serve = (_, response, count) => {
      counts.push(count);
      const problem = {
        title: "Content Too Large",
        status: 413,
        detail: "At most 5 bytes",
        code: "too-large",
      };
      json(response, 413, problem, "application/problem+json");
    };
    const client = new UploadClient(url);
    const error = await client
      .create({ filename: "a.png", contentType: "image/png", size: 9 })
      .catch((error) => error);
    expect(error).to.include({ code: "too-large", message: "At most 5 bytes" });
    expect(counts).to.deep.equal([1]);
  });

  it("reports a server that is not the API", async () => {
    serve = (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>");
    const error = await new UploadClient(url).status(id).catch((error) => error);
    expect(error).to.include({ name: "ApiAccessError", code: "no-upload-api" });
    serve = (_, response) => json(response, 404, { message: "Not Found" });
    expect(await new UploadClient(url).status(id).catch((error) => error)).to.include({
      code: "no-upload-api",
    });
    serve = (_, response) => response.writeHead(403, { "content-type": "application/xml" }).end("<Error/>");
    const refused = await new UploadClient(url).status(id).catch((error) => error);
    expect(refused).to.include({ name: "ApiAccessError", code: "no-upload-api" });
    expect(refused.message).to.contain("it answers 403");
  });

  it("aborts a multipart upload that was announced during an interruption", async () => {
    const interruption = new AbortController();
    const reason = new Error("Ctrl-C");
    const requests: (string | undefined)[] = [];
    serve = ({ method, url: path }, response) => {
      requests.push(`${method} ${path}`);
      if (method === "DELETE") return response.writeHead(204).end();
      interruption.abort(reason);
      const upload = { method: "multipart", parts: [], abort: { url: `${url}/abort` } };
      setTimeout(() => json(response, 201, { id, upload, variants: [] }), 50);
    };
    const client = new UploadClient(url, { signal: interruption.signal });
    const large = { filename: "a.bin", contentType: "application/octet-stream", size: 100_000_000 };
    expect(await client.create(large).catch((error) => error)).to.equal(reason);
    expect(await client.create(large).catch((error) => error)).to.equal(reason);
    expect(requests).to.deep.equal(["POST /uploads", "DELETE /abort"]);
  });

  it("refuses a pipe without waiting for its writer", async () => {
    const path = join(work.path, "pipe");
    execFileSync("mkfifo", [path]);
    expect(await SourceFile.open(path).catch((error) => error)).to.include({ code: "not-a-file" });
  });

  describe("put", () => {
    const bytes = Buffer.alloc(3_000_000, "henkan");
    let source: SourceFile;
    beforeEach(async () => {
      const path = join(work.path, "a.bin");
      writeFileSync(path, bytes);
      source = await SourceFile.open(path);
    });
    afterEach(() => source.close());
    const put = (onProgress?: (sentBytes: number) => void) =>
      putFile(
        { method: "PUT", url, headers: { "content-type": "text/plain" }, expiresAt: "" },
        source,
        onProgress ? { onProgress } : {},
      );

    it("sends the whole file with its length, and reports progress", async () => {
      const received: Buffer[] = [];
      serve = async (request, response) => {
        expect(request.headers).to.include({
          "content-length": String(bytes.length),
          "content-type": "text/plain",
        });
        received.push(await buffer(request));
        response.end();
      };
      const progress: number[] = [];
      await put((sentBytes) => progress.push(sentBytes));
      expect(received[0]?.equals(bytes)).to.equal(true);
      expect(progress).to.have.length.above(3);
      expect(progress).to.deep.equal(progress.toSorted((a, b) => a - b));
      expect(progress.at(-1)).to.equal(bytes.length);
    });

    it("sends the file again from its start when the connection breaks or S3 is busy", async () => {
      const received: number[] = [];
      serve = async (request, response, count) => {
        if (count === 1) {
          request.once("data", () => request.destroy());
          return;
        }
        received.push((await buffer(request)).length);
        response.writeHead(count === 2 ? 503 : 200).end("<Error><Code>SlowDown</Code></Error>");
      };
      await put();
      expect(received).to.deep.equal([bytes.length, bytes.length]);
    });

    it("succeeds when only the answer was lost", async () => {
      serve = async (request, response, count) => {
        await buffer(request);
        if (count === 1) response.destroy();
        else response.writeHead(412).end("<Error><Code>PreconditionFailed</Code></Error>");
      };
      await put();
    });

    it("stops sending after a refusal", async () => {
      serve = (_, response) => {
        response.writeHead(403, { connection: "close" });
        response.end("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>");
      };
      const error = await put().catch((error) => error);
      expect(error).to.include({ code: "AccessDenied", message: "Request has expired" });
    });

    for (const [what, change] of [
      ["grows", (path: string) => appendFileSync(path, "more")],
      ["shrinks", (path: string) => truncateSync(path, 1_000)],
      ["is written again", (path: string) => writeFileSync(path, Buffer.alloc(bytes.length, "other"))],
    ] as const) {
      it(`never completes a request when the file ${what} meanwhile`, async () => {
        const isWhole = new Promise<boolean>((resolve) => {
          serve = (request) => request.resume().once("close", () => resolve(request.complete));
        });
        let isChanged = false;
        const error = await put(() => {
          if (!isChanged) change(source.path);
          isChanged = true;
        }).catch((error) => error);
        expect(error).to.include({ code: "file-changed" });
        expect(await isWhole).to.equal(false);
      });
    }
  });
});
