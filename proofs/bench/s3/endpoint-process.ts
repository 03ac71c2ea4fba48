/** Runs the local cloud's S3 endpoint in a process of its own, until it is disconnected. */

import { createReadStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Credentials, createS3Server, listen, ObjectStore, openDatabase } from "@henkan/local-cloud/testing";
import { serve } from "../../processes/serve.ts";
import { dataBlocks } from "../inputs/data.ts";
import { bucket, type Copied, type EndpointCalls, type Generated, region } from "./endpoint.ts";

let started: ObjectStore | undefined;

async function start(directory: string): Promise<ReturnType<EndpointCalls["start"]>> {
  mkdirSync(directory, { recursive: true });
  const store = new ObjectStore(openDatabase(join(directory, "state.db")), directory);
  const credentials = new Credentials();
  const server = createS3Server({ store, buckets: new Map([[bucket, {}]]), credentials, region });
  started = store;
  const port = await listen(server, 0);
  const { accessKeyId, secretAccessKey } = credentials.issue("arn:aws:iam::111111111111:user/bench");
  return { url: `http://127.0.0.1:${port}`, accessKeyId, secretAccessKey };
}

function requireStore(): ObjectStore {
  if (!started) throw new Error("The S3 endpoint was not started");
  return started;
}

async function put(object: Generated | Copied): Promise<string> {
  const [body, contentType] =
    "path" in object
      ? [createReadStream(object.path), "application/octet-stream"]
      : [streamed(dataBlocks(object.kind, object.bytes, 1)), object.contentType];
  const { etag } = await requireStore().put(bucket, object.key, body, { contentType, metadata: {} });
  return etag;
}

async function* streamed(blocks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* blocks;
}

function clear(kept: string): void {
  const store = requireStore();
  for (const { key } of [...store.list(bucket)]) if (key !== kept) store.delete(bucket, key);
  for (const { key, id } of store.uploads.list(bucket)) if (key !== kept) store.uploads.abort(id);
}

serve<EndpointCalls>({ start, put, clear });
