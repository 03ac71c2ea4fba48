import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Readable } from "node:stream";
import type { ByteRange } from "./blob-file.ts";
import { BlobDirectory } from "./blobs.ts";
import type { Checksum } from "./checksums.ts";
import type { CommitOptions, ObjectAttributes, StoredObject } from "./stored-object.ts";
import { UploadStore } from "./upload-store.ts";

/** Options of {@link ObjectStore.put}. */
export interface PutOptions extends CommitOptions {
  /** @default now */
  readonly lastModified?: Date;
  /** Returns the checksum to store. It is called when the whole body was read. */
  readonly checksum?: () => Checksum | undefined;
}

/** Stores objects and multipart uploads: the metadata in SQLite, the bodies as blobs in a folder next to it. */
export class ObjectStore {
  readonly uploads: UploadStore;
  readonly blobs: BlobDirectory;
  readonly #database: DatabaseSync;

  /** Keeps the blobs in `directory`/blobs, and removes the blobs that a crash left there. */
  constructor(database: DatabaseSync, directory: string) {
    this.#database = database;
    this.blobs = new BlobDirectory(join(directory, "blobs"));
    database.exec(`
      CREATE TABLE IF NOT EXISTS s3_objects (
        bucket TEXT, key TEXT, record TEXT NOT NULL, PRIMARY KEY (bucket, key)
      ) WITHOUT ROWID`);
    this.uploads = new UploadStore(database, this);
    this.blobs.sweep(new Set([...this.#blobNames(), ...this.uploads.blobNames()]));
  }

  /**
   * Stores an object and returns it.
   *
   * @throws {Error} of `body` or `options.check`; nothing is stored then
   */
  async put(
    bucket: string,
    key: string,
    body: AsyncIterable<Uint8Array> | Uint8Array,
    attributes: ObjectAttributes,
    options: PutOptions = {},
  ): Promise<StoredObject> {
    const { blob, md5 } = await this.blobs.write(body instanceof Uint8Array ? chunksOf(body) : body);
    const object: StoredObject = {
      ...attributes,
      bucket,
      key,
      etag: md5,
      bytes: blob.bytes,
      lastModified: options.lastModified ?? new Date(),
      checksum: options.checksum?.(),
      blobs: [blob],
    };
    try {
      this.commit(object, options);
    } catch (error) {
      this.blobs.remove([blob.name]);
      throw error;
    }
    return object;
  }

  /** Makes an object visible in one transaction. It replaces the object with the same key, whose blobs are removed. */
  commit(object: StoredObject, { check, within }: CommitOptions = {}): void {
    const replaced = this.transaction(() => {
      const existing = this.head(object.bucket, object.key);
      check?.(existing);
      this.#database
        .prepare("INSERT OR REPLACE INTO s3_objects (bucket, key, record) VALUES (?, ?, ?)")
        .run(object.bucket, object.key, JSON.stringify(object));
      within?.(object);
      return existing;
    });
    this.blobs.remove(replaced?.blobs.map(({ name }) => name) ?? []);
  }

  /** Returns an object without its bytes; undefined when it does not exist. */
  head(bucket: string, key: string): StoredObject | undefined {
    const row = this.#database
      .prepare("SELECT record FROM s3_objects WHERE bucket = ? AND key = ?")
      .get(bucket, key);
    return row && objectOf(row);
  }

  /** Streams the bytes of an object, or a range of them. */
  read(object: StoredObject, range: ByteRange = { start: 0, end: object.bytes - 1 }): Readable {
    return this.blobs.read(object.blobs, range);
  }

  /** Deletes an object; returns false when it does not exist. */
  delete(bucket: string, key: string): boolean {
    const existing = this.head(bucket, key);
    if (!existing) return false;
    this.#database.prepare("DELETE FROM s3_objects WHERE bucket = ? AND key = ?").run(bucket, key);
    this.blobs.remove(existing.blobs.map(({ name }) => name));
    return true;
  }

  /**
   * Yields the objects whose key starts with `prefix` and follows `after`, in the order of the UTF-8 bytes of the keys.
   */
  *list(bucket: string, prefix = "", after = ""): Generator<StoredObject> {
    const rows = this.#database
      .prepare("SELECT record FROM s3_objects WHERE bucket = ? AND key >= ? AND key > ? ORDER BY key")
      .iterate(bucket, prefix, after);
    for (const row of rows) {
      const object = objectOf(row);
      if (!object.key.startsWith(prefix)) return;
      yield object;
    }
  }

  /** Runs `work` in a transaction and returns its result. A savepoint also works inside another transaction. */
  transaction<Result>(work: () => Result): Result {
    this.#database.exec("SAVEPOINT s3");
    try {
      const result = work();
      this.#database.exec("RELEASE s3");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK TO s3; RELEASE s3");
      throw error;
    }
  }

  #blobNames(): string[] {
    return this.#database
      .prepare("SELECT blob.value ->> 'name' AS name FROM s3_objects, json_each(record, '$.blobs') AS blob")
      .all()
      .map(({ name }) => String(name));
  }
}

async function* chunksOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

function objectOf(row: Record<string, unknown>): StoredObject {
  const record = JSON.parse(String(row.record));
  return { ...record, lastModified: new Date(record.lastModified) };
}
