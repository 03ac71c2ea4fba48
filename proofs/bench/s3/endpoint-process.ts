/**
 * The local cloud's S3 endpoint in a process of its own, over a folder that is its argument. Answers what
 * `endpoint.ts` asks over IPC, until it is disconnected.
 */

import { createReadStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Credentials, createS3Server, listen, ObjectStore, openDatabase } from "@henkan/local-cloud/testing";
import { dataBlocks } from "../inputs/data.ts";
import {
  bucket,
  type Copied,
  type EndpointAnswer,
  type EndpointRequest,
  type Generated,
  region,
} from "./endpoint.ts";

const [directory = ""] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const store = new ObjectStore(openDatabase(join(directory, "state.db")), directory);
const credentials = new Credentials();
const server = createS3Server({ store, buckets: new Map([[bucket, {}]]), credentials, region });

function answer(message: EndpointAnswer): void {
  process.send?.(message);
}

process.once("disconnect", () => process.exit());
process.on("message", async (request: EndpointRequest) => {
  answer("allBut" in request ? remove(request.allBut) : await put(request));
});

async function put(request: Generated | Copied): Promise<EndpointAnswer> {
  const [body, contentType] =
    "path" in request
      ? [createReadStream(request.path), "application/octet-stream"]
      : [streamed(dataBlocks(request.kind, request.bytes, 1)), request.contentType];
  const { etag } = await store.put(bucket, request.key, body, { contentType, metadata: {} });
  return { kind: "stored", etag };
}

async function* streamed(blocks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* blocks;
}

function remove(kept: string): EndpointAnswer {
  for (const { key } of [...store.list(bucket)]) if (key !== kept) store.delete(bucket, key);
  for (const { key, id } of store.uploads.list(bucket)) if (key !== kept) store.uploads.abort(id);
  return { kind: "removed" };
}

const port = await listen(server, 0);
const { accessKeyId, secretAccessKey } = credentials.issue("arn:aws:iam::111111111111:user/bench");
answer({ kind: "ready", url: `http://127.0.0.1:${port}`, accessKeyId, secretAccessKey });
