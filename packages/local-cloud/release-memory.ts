/**
 * Releases the memory of a chunk that is no longer needed. V8 itself would release it only after every 64 MB outside its
 * heap, by collecting the whole heap, which the program's modules make large. A chunk that shares its memory with others,
 * such as a slice, stays as it is.
 */
export function releaseMemory(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && chunk.length === buffer.byteLength && !buffer.detached)
    buffer.transfer(0);
}
