import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { S3Client, type S3ClientConfig, S3ServiceException } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { type Credential, Credentials } from "../../../../packages/local-cloud/credentials.ts";
import { close, listen } from "../../../../packages/local-cloud/listen.ts";
import { ObjectStore } from "../../../../packages/local-cloud/s3/object-store.ts";
import {
  type BucketSettings,
  createS3Server,
  type S3ServerOptions,
} from "../../../../packages/local-cloud/s3/server.ts";

export const region = "ap-northeast-1";
export const bucket = "uploads";

/** A running S3 endpoint with one bucket, and a client of it. */
export interface Endpoint {
  readonly url: string;
  readonly port: number;
  readonly store: ObjectStore;
  readonly database: DatabaseSync;
  readonly directory: string;
  readonly credentials: Credentials;
  readonly credential: Credential;
  readonly client: S3Client;
  /** Returns another client; it is closed together with the endpoint. */
  connect(config?: Partial<S3ClientConfig>): S3Client;
  stop(options?: { keepData?: boolean }): Promise<void>;
}

export interface EndpointOptions extends Partial<Omit<S3ServerOptions, "store" | "credentials" | "region">> {
  readonly settings?: BucketSettings;
  /** The data folder of an earlier endpoint; a new temporary folder by default. */
  readonly directory?: string;
}

/** Starts an endpoint on a free port with one bucket. */
export async function startEndpoint({
  settings = {},
  directory = mkdtempSync(join(tmpdir(), "henkan-s3-")),
  ...options
}: EndpointOptions = {}): Promise<Endpoint> {
  const database = new DatabaseSync(join(directory, "state.db"));
  const store = new ObjectStore(database, directory);
  const credentials = new Credentials();
  const credential = credentials.issue("arn:aws:iam::111111111111:user/tester");
  const server = createS3Server({
    store,
    credentials,
    region,
    buckets: new Map([[bucket, settings]]),
    ...options,
  });
  const port = await listen(server, 0);
  const url = `http://127.0.0.1:${port}`;
  const clients: S3Client[] = [];
  const connect = (config: Partial<S3ClientConfig> = {}) => {
    const client = new S3Client({
      endpoint: url,
      region,
      credentials: credential,
      forcePathStyle: true,
      maxAttempts: 1,
      ...config,
    });
    clients.push(client);
    return client;
  };
  return {
    url,
    port,
    store,
    database,
    directory,
    credentials,
    credential,
    client: connect(),
    connect,
    async stop({ keepData = false } = {}) {
      for (const client of clients) client.destroy();
      await close(server);
      database.close();
      if (!keepData) rmSync(directory, { recursive: true });
    },
  };
}

/** Returns the refusal of an SDK request; fails when the request succeeds. */
export async function refusalOf(
  request: Promise<unknown>,
): Promise<{ status?: number; code: string; message: string }> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    return { status: error.$metadata.httpStatusCode, code: error.name, message: error.message };
  }
  return expect.fail("the request succeeded");
}

/** Returns the status and the error code of an answer to `fetch`. */
export async function errorOf(
  response: Response,
): Promise<{ status: number; code?: string; document: string }> {
  const document = await response.text();
  return { status: response.status, code: /<Code>(\w+)<\/Code>/.exec(document)?.[1], document };
}

/** Waits until at most `count` blobs are left: the blobs of an aborted upload are removed a little later. */
export async function waitForBlobs(endpoint: Endpoint, count: number): Promise<void> {
  while (blobsOf(endpoint).length > count) await setTimeout(5);
}

/** Returns the names of the blob files on disk. */
export function blobsOf({ directory }: Endpoint): string[] {
  return readdirSync(join(directory, "blobs")).sort();
}
