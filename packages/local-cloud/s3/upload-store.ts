import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Blob, BlobDirectory } from "./blobs.ts";
import type { Checksum, ChecksumType } from "./checksums.ts";
import type { ChecksumAlgorithm } from "./digests.ts";
import type { CommitOptions, ObjectAttributes, StoredObject } from "./stored-object.ts";

/** A multipart upload that is neither complete nor aborted. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: Date;
  readonly attributes: ObjectAttributes;
  /** The checksum that the client announced for the object. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

/** A stored part of a multipart upload. */
export interface Part {
  readonly number: number;
  /** Without quotes. */
  readonly etag: string;
  readonly blob: Blob;
  readonly lastModified: Date;
  readonly checksum?: Checksum;
}

/** The parts of the object store that uploads need: both share blobs and transactions. */
export interface ObjectCommits {
  readonly blobs: BlobDirectory;
  commit(object: StoredObject, options?: CommitOptions): void;
  transaction<Result>(work: () => Result): Result;
}

/** Stores multipart uploads in progress. A completion moves no bytes: the object lists the blobs of its parts. */
export class UploadStore {
  readonly #database: DatabaseSync;
  readonly #objects: ObjectCommits;

  constructor(database: DatabaseSync, objects: ObjectCommits) {
    this.#database = database;
    this.#objects = objects;
    database.exec(`
      CREATE TABLE IF NOT EXISTS s3_uploads (
        id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, record TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS s3_parts (
        upload TEXT, number INTEGER, record TEXT NOT NULL, PRIMARY KEY (upload, number)
      ) WITHOUT ROWID`);
  }

  /** Starts an upload and gives it an id. */
  create(upload: Omit<Upload, "id">): Upload {
    const created = { ...upload, id: randomBytes(48).toString("base64url") };
    this.#database
      .prepare("INSERT INTO s3_uploads (id, bucket, key, record) VALUES (?, ?, ?, ?)")
      .run(created.id, created.bucket, created.key, JSON.stringify(created));
    return created;
  }

  /** Returns the upload with this id, if it belongs to `key`. */
  find(bucket: string, key: string, id: string): Upload | undefined {
    const row = this.#database
      .prepare("SELECT record FROM s3_uploads WHERE id = ? AND bucket = ? AND key = ?")
      .get(id, bucket, key);
    return row && uploadOf(row);
  }

  /** Returns the uploads of a bucket, sorted by key. */
  list(bucket: string): Upload[] {
    const rows = this.#database.prepare("SELECT record FROM s3_uploads WHERE bucket = ? ORDER BY key, id");
    return rows.all(bucket).map(uploadOf);
  }

  /**
   * Stores a part; it replaces the part with the same number. Returns undefined if the upload ended in the meantime.
   */
  async putPart(
    { id, bucket, key }: Upload,
    number: number,
    body: AsyncIterable<Uint8Array>,
    {
      lastModified = new Date(),
      checksum,
    }: { lastModified?: Date; checksum?: () => Checksum | undefined } = {},
  ): Promise<Part | undefined> {
    const { blob, md5 } = await this.#objects.blobs.write(body);
    const part: Part = { number, etag: md5, blob, lastModified, checksum: checksum?.() };
    let unused = [blob.name];
    try {
      if (!this.find(bucket, key, id)) return undefined;
      const replaced = this.parts(id).find((existing) => existing.number === number);
      this.#database
        .prepare("INSERT OR REPLACE INTO s3_parts (upload, number, record) VALUES (?, ?, ?)")
        .run(id, number, JSON.stringify(part));
      unused = replaced ? [replaced.blob.name] : [];
      return part;
    } finally {
      this.#objects.blobs.remove(unused);
    }
  }

  /** Returns the parts of an upload in ascending order of their numbers. */
  parts(id: string): Part[] {
    const rows = this.#database.prepare("SELECT record FROM s3_parts WHERE upload = ? ORDER BY number");
    return rows.all(id).map(partOf);
  }

  /** Ends an upload: makes an object of the `chosen` parts, and deletes the others. */
  complete(
    upload: Upload,
    chosen: readonly Part[],
    {
      lastModified = new Date(),
      checksum,
      ...options
    }: CommitOptions & { lastModified?: Date; checksum?: Checksum } = {},
  ): StoredObject {
    const etags = chosen.map(({ etag }) => Buffer.from(etag, "hex"));
    const object: StoredObject = {
      ...upload.attributes,
      bucket: upload.bucket,
      key: upload.key,
      etag: `${createHash("md5").update(Buffer.concat(etags)).digest("hex")}-${chosen.length}`,
      bytes: chosen.reduce((sum, { blob }) => sum + blob.bytes, 0),
      lastModified,
      checksum,
      blobs: chosen.map(({ blob }) => blob),
    };
    const unused = this.parts(upload.id).filter(
      ({ number }) => !chosen.some((part) => part.number === number),
    );
    this.#objects.commit(object, {
      ...options,
      within: (committed) => {
        this.#deleteRows(upload.id);
        options.within?.(committed);
      },
    });
    this.#objects.blobs.remove(unused.map(({ blob }) => blob.name));
    return object;
  }

  /** Ends an upload and deletes its parts. */
  abort(id: string): void {
    const parts = this.parts(id);
    this.#objects.transaction(() => this.#deleteRows(id));
    this.#objects.blobs.remove(parts.map(({ blob }) => blob.name));
  }

  /** Returns the names of all blobs that uploads refer to. */
  blobNames(): string[] {
    const rows = this.#database.prepare("SELECT record FROM s3_parts").all();
    return rows.map((row) => partOf(row).blob.name);
  }

  #deleteRows(id: string): void {
    this.#database.prepare("DELETE FROM s3_parts WHERE upload = ?").run(id);
    this.#database.prepare("DELETE FROM s3_uploads WHERE id = ?").run(id);
  }
}

function uploadOf(row: Record<string, unknown>): Upload {
  const record = JSON.parse(String(row.record));
  return { ...record, initiated: new Date(record.initiated) };
}

function partOf(row: Record<string, unknown>): Part {
  const record = JSON.parse(String(row.record));
  return { ...record, lastModified: new Date(record.lastModified) };
}
