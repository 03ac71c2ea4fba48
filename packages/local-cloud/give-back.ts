/**
 * Frees the memory of a chunk that is no longer needed, at once. V8 itself would free it by collecting its whole heap
 * after every 64 MB outside the heap, and the program's modules make that heap large. A chunk that shares its memory
 * with others, such as a slice, is not freed.
 */
export function giveBack(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && chunk.length === buffer.byteLength && !buffer.detached)
    buffer.transfer(0);
}
