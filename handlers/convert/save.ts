import { open } from "node:fs/promises";
import { checkOwned, releaseChunk } from "./chunk-memory.ts";

/** The size of a write: 1 MiB takes half the CPU of 64 KiB, the size of the network's chunks (measured). */
const blockBytes = 2 ** 20;

/** Writes the chunks of `body` to a new file and releases their memory. When it fails, part of the file may stay. */
export async function save(body: AsyncIterable<Buffer>, path: string): Promise<void> {
  await using file = await open(path, "wx");
  const block = Buffer.allocUnsafeSlow(blockBytes);
  let filled = 0;
  const flush = async () => {
    for (let written = 0; written < filled; ) {
      written += (await file.write(block, written, filled - written)).bytesWritten;
    }
    filled = 0;
  };
  for await (const chunk of body) {
    checkOwned(chunk);
    for (let copied = 0; copied < chunk.length; ) {
      if (filled === blockBytes) await flush();
      const count = chunk.copy(block, filled, copied);
      copied += count;
      filled += count;
    }
    releaseChunk(chunk);
  }
  await flush();
}
