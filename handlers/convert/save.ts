import { open } from "node:fs/promises";
import { checkOwned, giveBack } from "./chunk-memory.ts";

/** Few writes of a megabyte take half the CPU of many of 64 KiB, which is how the network cuts a body. */
const blockBytes = 2 ** 20;

/** Writes what `body` yields to a new file; its chunks are handed over. Part of a file may stay when it fails. */
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
    giveBack(chunk);
  }
  await flush();
}
