import { createHash } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** The first and the last byte of a part of a file, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The network cuts bodies at 64 KiB, and what a write or a read costs beside its bytes is paid for each. */
const blockBytes = 2 ** 20;
const readBytes = 2 ** 18;

/** Blocks that no write uses at the moment. More than these are collected. */
const spare: Buffer[] = [];
const maxSpare = 8;

/** Writes what `source` yields to a new file; a chunk is done with when the next is asked for. */
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

/** Chunks have memory of their own. */
export function readBlobFile(path: string, { start, end }: ByteRange): ReadStream {
  return createReadStream(path, { start, end, highWaterMark: readBytes });
}

async function writeAll(file: FileHandle, block: Buffer): Promise<void> {
  for (let written = 0; written < block.length; ) {
    written += (await file.write(block, written)).bytesWritten;
  }
}
