import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { RequestError } from "./request-error.ts";

const chunkBytes = 256 * 1024;
/** O_NONBLOCK opens a pipe without waiting for its writer. Windows does not have it. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A regular file to send. Reading it fails when the file has changed since it was opened.
 *
 * @example
 * const source = await SourceFile.open("photo.jpg");
 * try {
 *   await client.put(await client.createFor(source), source);
 * } finally {
 *   await source.close();
 * }
 */
export class SourceFile {
  readonly path: string;
  /** The file's size. */
  readonly bytes: number;
  /** The time of the last change in nanoseconds since the epoch, which do not fit into a number. */
  readonly modified: bigint;
  readonly #handle: FileHandle;

  /**
   * Opens a file for reading. Callers close it.
   *
   * @throws {RequestError} `not-found`, `access-denied`, or `not-a-file` for a folder, device or pipe
   */
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
   * Yields the bytes of the file, or of a part of it. The last chunk follows only after a check that the file is unchanged.
   * A request that announced its length is therefore never completed with a mixture of two versions.
   *
   * @param part offset and length in bytes
   * @default part the whole file
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

  /** Closes the file. */
  close(): Promise<void> {
    return this.#handle.close();
  }

  /**
   * Checks that the file still has the size and time of the last change that it had when it was opened.
   *
   * @throws {RequestError} `file-changed`
   */
  async assertUnchanged(): Promise<void> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true });
    if (Number(size) === this.bytes && mtimeNs === this.modified) return;
    throw new RequestError("file-changed", changed);
  }
}

const changed =
  "The file changed while it was being sent, so nothing was stored. Send it again when no program writes to it";

const unreadable: Readonly<Record<string, [code: string, message: string]>> = {
  ENOENT: ["not-found", "There is no such file"],
  ENOTDIR: ["not-found", "There is no such file: part of its path is not a directory"],
  EACCES: ["access-denied", "You do not have permission to read the file"],
};
