/**
 * Frees the memory of a chunk that has been copied, at once. Left to the garbage collector, the reads of 60 MB pile up
 * before it runs. What shares its memory with others, such as a slice, is left alone.
 */
export function giveBack(chunk: Buffer): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && chunk.length === buffer.byteLength && !buffer.detached)
    buffer.transfer(0);
}

/** @throws {Error} for a chunk that has been given back */
export function checkOwned(chunk: Buffer): void {
  if (chunk.buffer instanceof ArrayBuffer && chunk.buffer.detached) {
    throw new Error("A stream yielded a buffer that it had yielded before: each chunk must be its own");
  }
}
