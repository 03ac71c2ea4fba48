import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type ByteRange, readBlobFile, writeBlobFile } from "./blob-file.ts";

/** A file of a {@link BlobDirectory}. */
export interface Blob {
  readonly name: string;
  readonly bytes: number;
}

/** A folder of files that are written once, under random names, and never changed. */
export class BlobDirectory {
  readonly #directory: string;
  readonly #readers = new Map<string, number>();
  readonly #writes = new Set<Promise<unknown>>();
  /** Blobs that were removed while a reader had them open; the last reader deletes the file. */
  readonly #removedWhileRead = new Set<string>();

  /** Creates `directory` when it does not exist. */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /**
   * Streams `source` into a new blob. Returns the blob and the MD5 in hexadecimal. A write that fails leaves no file.
   */
  async write(source: AsyncIterable<Uint8Array>): Promise<{ blob: Blob; md5: string }> {
    const write = this.#write(source);
    this.#writes.add(write);
    try {
      return await write;
    } finally {
      this.#writes.delete(write);
    }
  }

  /** Streams a range of the concatenated blobs. The files exist until the stream closes, even if they are removed. */
  read(blobs: readonly Blob[], { start, end }: ByteRange): Readable {
    const path = (name: string) => this.#path(name);
    async function* chunks() {
      let offset = 0;
      for (const { name, bytes } of blobs) {
        const [from, to] = [Math.max(start - offset, 0), Math.min(end - offset, bytes - 1)];
        if (from <= to) yield* readBlobFile(path(name), { start: from, end: to });
        offset += bytes;
      }
    }
    const stream = Readable.from(chunks(), { objectMode: false });
    for (const { name } of blobs) this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    stream.once("close", () => this.#release(blobs));
    return stream;
  }

  /** Deletes blobs by name. A blob that is being read is deleted when its last reader closes. */
  remove(names: readonly string[]): void {
    for (const name of names) {
      if (this.#readers.has(name)) this.#removedWhileRead.add(name);
      else rmSync(this.#path(name), { force: true });
    }
  }

  /** Removes every blob that is not among `referenced`: a crash between write and commit leaves such blobs. */
  sweep(referenced: ReadonlySet<string>): void {
    this.remove(readdirSync(this.#directory).filter((name) => !referenced.has(name)));
  }

  /**
   * Waits for the writes in progress, and deletes removed blobs even if a reader still has them open. Call it when the
   * clients are disconnected: a write ends only with its client.
   */
  async close(): Promise<void> {
    while (this.#writes.size > 0) await Promise.allSettled(this.#writes);
    for (const name of this.#removedWhileRead) rmSync(this.#path(name), { force: true });
  }

  async #write(source: AsyncIterable<Uint8Array>): Promise<{ blob: Blob; md5: string }> {
    const name = randomUUID();
    try {
      const { bytes, md5 } = await writeBlobFile(this.#path(name), source);
      return { blob: { name, bytes }, md5 };
    } catch (error) {
      this.remove([name]);
      throw error;
    }
  }

  #release(blobs: readonly Blob[]): void {
    for (const { name } of blobs) {
      const readers = (this.#readers.get(name) ?? 1) - 1;
      if (readers > 0) {
        this.#readers.set(name, readers);
      } else {
        this.#readers.delete(name);
        if (this.#removedWhileRead.delete(name)) this.remove([name]);
      }
    }
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}
