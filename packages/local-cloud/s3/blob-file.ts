import { createHash } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** A range of bytes: the first and the last position, both included, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes of one write. Bodies arrive in chunks of at most 64 KiB, and every write has a fixed cost, so larger blocks
 * are cheaper. The same holds for reads.
 */
const blockBytes = 2 ** 20;
const readBytes = 2 ** 18;

/** Blocks that no write uses now, kept for the next write. Blocks beyond `maxSpare` are left to garbage collection. */
const spare: Buffer[] = [];
const maxSpare = 8;

/**
 * Writes the chunks of `source` to a new file. `source` may reuse the memory of a chunk when the next one is requested.
 * Returns the size in bytes and the MD5 in hexadecimal.
 *
 * @throws {Error} `EEXIST` when the file exists, and any error of `source`; the file stays
 */
export async function writeBlobFile(
  path: string,
  source: AsyncIterable<Uint8Array>,
): Promise<{ bytes: number; md5: string }> {
  await using file = await open(path, "wx");
  const md5 = createHash("md5");
  const block = spare.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
  let [bytes, filled] = [0, 0];
  const flush = async () => {
    md5.update(block.subarray(0, filled));
    await writeAll(file, block.subarray(0, filled));
    bytes += filled;
    filled = 0;
  };
  try {
    for await (const chunk of source) {
      for (let copied = 0; copied < chunk.length; ) {
        if (filled === blockBytes) await flush();
        const piece = chunk.subarray(copied, copied + blockBytes - filled);
        block.set(piece, filled);
        copied += piece.length;
        filled += piece.length;
      }
    }
    if (filled > 0) await flush();
  } finally {
    if (spare.length < maxSpare) spare.push(block);
  }
  return { bytes, md5: md5.digest("hex") };
}

/** Streams a range of a file. Each chunk has its own memory. */
export function readBlobFile(path: string, { start, end }: ByteRange): ReadStream {
  return createReadStream(path, { start, end, highWaterMark: readBytes });
}

async function writeAll(file: FileHandle, block: Buffer): Promise<void> {
  for (let written = 0; written < block.length; ) {
    written += (await file.write(block, written)).bytesWritten;
  }
}
