import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { RequestError } from "./request-error.ts";

const chunkBytes = 256 * 1024;
/** A pipe without a writer is opened at once as well, which would wait for one otherwise; Windows has none. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A regular file as it was when it was opened; reading it fails when it has changed since. */
export class SourceFile {
  readonly path: string;
  readonly bytes: number;
  /** Nanoseconds since the epoch, which a number cannot hold. */
  readonly modified: bigint;
  readonly #handle: FileHandle;

  /** @throws {RequestError} for what is no readable file */
  static async open(path: string): Promise<SourceFile> {
    const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
      const known = unreadable[error.code ?? ""];
      throw known ? new RequestError(...known, { cause: error }) : error;
    });
    try {
      const found = await handle.stat({ bigint: true });
      if (!found.isFile()) {
        throw new RequestError("not-a-file", "This is a directory, device or pipe: name files");
      }
      return new SourceFile(path, Number(found.size), found.mtimeNs, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private constructor(path: string, bytes: number, modified: bigint, handle: FileHandle) {
    this.path = path;
    this.bytes = bytes;
    this.modified = modified;
    this.#handle = handle;
  }

  /**
   * The file's bytes, or a part of them. The last of them come only once it is clear that the file is still the same:
   * what announces its length up front has then not been sent as a mixture of two files.
   *
   * @throws {RequestError} `file-changed`
   */
  async *read(part?: { readonly start: number; readonly bytes: number }): AsyncGenerator<Buffer> {
    const { start, bytes: wanted } = part ?? { start: 0, bytes: this.bytes };
    let held: Buffer | undefined;
    let position = start;
    while (position < start + wanted) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, start + wanted - position));
      const { bytesRead } = await this.#handle.read({ buffer: chunk, position });
      if (bytesRead === 0) throw new RequestError("file-changed", changed);
      if (held) yield held;
      held = chunk.subarray(0, bytesRead);
      position += bytesRead;
    }
    await this.assertUnchanged();
    if (held) yield held;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /** @throws {RequestError} `file-changed` */
  async assertUnchanged(): Promise<void> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true });
    if (Number(size) === this.bytes && mtimeNs === this.modified) return;
    throw new RequestError("file-changed", changed);
  }
}

const changed =
  "The file changed while it was being sent; nothing was stored. Send it again when nobody writes to it any more";

const unreadable: Readonly<Record<string, [code: string, message: string]>> = {
  ENOENT: ["not-found", "There is no such file"],
  ENOTDIR: ["not-found", "There is no such file: part of its path is no directory"],
  EACCES: ["access-denied", "The file may not be read"],
};
