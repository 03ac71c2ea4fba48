import { readFile, writeFile } from "node:fs/promises";
import { crc32, inflateSync } from "node:zlib";

const signatureBytes = 8;

/** A gzip file's first ten bytes: deflate, no flags, no time, unknown system (RFC 1952). */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** Writes the deflated pixels of a PNG as a gzip file, for programs that only inflate. */
export async function writeDeflatedPixels(png: string, path: string): Promise<void> {
  const file = await readFile(png);
  const pieces: Buffer[] = [];
  for (let offset = signatureBytes; offset < file.length; ) {
    const bytes = file.readUInt32BE(offset);
    if (file.toString("latin1", offset + 4, offset + 8) === "IDAT") {
      pieces.push(file.subarray(offset + 8, offset + 8 + bytes));
    }
    offset += bytes + 12;
  }
  const zlib = Buffer.concat(pieces);
  const pixels = inflateSync(zlib);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(pixels), 0);
  trailer.writeUInt32LE(pixels.length % 2 ** 32, 4);
  await writeFile(path, Buffer.concat([gzipHeader, zlib.subarray(2, -4), trailer]));
}
