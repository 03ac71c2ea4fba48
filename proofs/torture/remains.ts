import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  applyLifecycle,
  bucketSettings,
  ObjectStore,
  openDatabase,
  Queues,
  queueSettings,
  type StoredObject,
  systemClock,
} from "@henkan/local-cloud/testing";
import * as v from "valibot";
import { type CompletionEvent, completionEvent } from "../../contract/completion-event.ts";
import { receiptsPrefix, uploadIdPattern } from "../../contract/keys.ts";
import { parseReceipt, type Receipt, type UnreadableReceipt } from "../../contract/receipt.ts";
import type { SimulatedStage } from "./stage.ts";

/** A stored object, reduced to the facts that invariants compare. */
export interface Remnant {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A multipart upload that was neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly bucket: string;
  readonly key: string;
  readonly initiated: Date;
  /** Number of parts that arrived. */
  readonly parts: number;
}

/** The data that a cloud left on disk when it ended. */
export interface Remains {
  readonly uploads: readonly Remnant[];
  /** Objects below `files/`. */
  readonly outputs: readonly Remnant[];
  readonly receipts: readonly { readonly key: string; readonly receipt: Receipt | UnreadableReceipt }[];
  readonly events: readonly CompletionEvent[];
  readonly multipartUploads: readonly UnfinishedUpload[];
  /** Bodies of the messages in each queue except the subscriber's, by ARN. */
  readonly messages: ReadonlyMap<string, readonly string[]>;
  /** Number of files that no object and no part refers to. */
  readonly unreferencedBlobs: number;
  /** Number of multipart uploads that the declared lifecycle rules never remove. */
  readonly immortalMultipartUploads: number;
  /** Number of files that are left after the objects of all uploads are deleted. */
  readonly blobsAfterDeletion: number;
}

const completionEventText = v.pipe(v.string(), v.parseJson(), completionEvent);

const century = 100 * 365 * 86_400_000;

/** Reads a data folder that no cloud is using; with `empty`, deletes the objects of all uploads afterwards. */
export async function examine(
  dataDirectory: string,
  { graph, uploadsBucket, outputsBucket, eventsQueueArn }: SimulatedStage,
  { empty }: { empty: boolean },
): Promise<Remains> {
  const blobDirectory = join(dataDirectory, "blobs");
  const blobsBefore = existsSync(blobDirectory) ? readdirSync(blobDirectory).length : 0;
  const database = openDatabase(join(dataDirectory, "state.db"));
  try {
    const store = new ObjectStore(database, dataDirectory);
    const blobs = () => readdirSync(blobDirectory).length;
    const unreferencedBlobs = blobsBefore - blobs();
    const settings = queueSettings(graph);
    // Creates the tables, in case the cloud was killed before it could.
    new Queues(database, systemClock, settings);
    const bodies = database.prepare("SELECT body FROM messages WHERE queue = ?");
    const messagesOf = (arn: string) => bodies.all(arn).map(({ body }) => String(body));
    const buckets = [uploadsBucket, outputsBucket];
    const outputs = [...store.list(outputsBucket)].filter(({ key }) => isOfUpload(key));
    const receipts = outputs.filter(({ key }) => key.startsWith(`${receiptsPrefix}/`));
    const remains = {
      uploads: await remnants(store, [...store.list(uploadsBucket)]),
      outputs: await remnants(
        store,
        outputs.filter((object) => !receipts.includes(object)),
      ),
      receipts: await Promise.all(
        receipts.map(async (object) => ({
          key: object.key,
          receipt: parseReceipt(await text(store, object)),
        })),
      ),
      events: messagesOf(eventsQueueArn).map((body) => v.parse(completionEventText, body)),
      multipartUploads: buckets.flatMap((bucket) =>
        store.uploads
          .list(bucket)
          .map((upload) => ({ ...upload, parts: store.uploads.parts(upload.id).length })),
      ),
      messages: new Map(
        settings.filter(({ arn }) => arn !== eventsQueueArn).map(({ arn }) => [arn, messagesOf(arn)]),
      ),
      unreferencedBlobs,
    };
    if (empty) {
      const rules = [...bucketSettings(graph, String)].map(
        ([bucket, { lifecycleRules = [] }]) => [bucket, lifecycleRules] as const,
      );
      applyLifecycle(store, new Map(rules), new Date(Date.now() + century));
      for (const bucket of buckets) {
        for (const { key } of [...store.list(bucket)].filter(({ key }) => isOfUpload(key)))
          store.delete(bucket, key);
      }
    }
    const immortal = buckets.flatMap((bucket) => store.uploads.list(bucket));
    return { ...remains, immortalMultipartUploads: immortal.length, blobsAfterDeletion: blobs() };
  } finally {
    database.close();
  }
}

/** Returns true for a key that contains an upload id. The key of an object that the program declares has none. */
function isOfUpload(key: string): boolean {
  return key.split("/").some((segment) => uploadIdPattern.test(segment));
}

function remnants(store: ObjectStore, objects: readonly StoredObject[]): Promise<Remnant[]> {
  return Promise.all(
    objects.map(async (object) => {
      const hash = createHash("sha256");
      for await (const chunk of store.read(object)) hash.update(chunk);
      return { key: object.key, etag: object.etag, bytes: object.bytes, sha256: hash.digest("hex") };
    }),
  );
}

async function text(store: ObjectStore, object: StoredObject): Promise<string> {
  return Buffer.concat(await store.read(object).toArray()).toString();
}
