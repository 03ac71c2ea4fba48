/**
 * Frees the memory of a chunk that is needed no more, at once. V8 would collect its whole heap, which the program's
 * modules make large, after every 64 MB that lie outside it. What shares its memory with others, such as a slice, is
 * left alone.
 */
export function giveBack(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && chunk.length === buffer.byteLength && !buffer.detached)
    buffer.transfer(0);
}
