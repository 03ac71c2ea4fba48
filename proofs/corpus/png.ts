import { crc32, deflateSync } from "node:zlib";

/** A chunk, with the names and the layout of the PNG specification, https://www.w3.org/TR/png-3/#5DataRep. */
export interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

export const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

export interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colourType: number;
  readonly interlaced: boolean;
}

/** Number of samples per pixel, by colour type. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** First column and row, and the steps, of each of Adam7's passes. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export function chunk(type: string, data: Buffer | string = Buffer.alloc(0)): Chunk {
  return { type, data: Buffer.from(data as Buffer) };
}

/** Returns a chunk's length, type, data and CRC. A `length` or `crc` that is given replaces the true one. */
export function encodeChunk({ type, data }: Chunk, lie: { length?: number; crc?: number } = {}): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(lie.length ?? data.length, 0);
  frame.writeUInt32BE(lie.crc ?? crc32(typed), 4);
  return Buffer.concat([frame.subarray(0, 4), typed, frame.subarray(4)]);
}

export function encodePng(chunks: readonly Chunk[]): Buffer {
  return Buffer.concat([signature, ...chunks.map((each) => encodeChunk(each))]);
}

export function headerChunk({ width, height, bitDepth, colourType, interlaced }: Header): Chunk {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([bitDepth, colourType, 0, 0, Number(interlaced)], 8);
  return { type: "IHDR", data };
}

/**
 * Returns the scanlines of a picture, unfiltered and not yet deflated.
 *
 * @param pixel the samples at a place, each in the range of the bit depth
 */
export function scanlines(header: Header, pixel: (x: number, y: number) => readonly number[]): Buffer {
  const { width, height, interlaced } = header;
  const passes = interlaced ? adam7 : ([[0, 0, 1, 1]] as const);
  const lines: Buffer[] = [];
  for (const [left, top, across, down] of passes) {
    for (let y = top; y < height && left < width; y += down) {
      const line: number[] = [];
      for (let x = left; x < width; x += across) line.push(...pixel(x, y));
      lines.push(Buffer.from([0]), packed(line, header.bitDepth));
    }
  }
  return Buffer.concat(lines);
}

function packed(values: readonly number[], bitDepth: number): Buffer {
  const bits = values.map((value) => value.toString(2).padStart(bitDepth, "0")).join("");
  const bytes = bits.match(/.{1,8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2)));
}

export function samplesPerPixel({ colourType }: Pick<Header, "colourType">): number {
  return samples[colourType] ?? 1;
}

/** Returns the number of bytes in the scanlines of a picture, each with its filter byte. */
export function scanlineBytes(header: Header): number {
  const { width, height, bitDepth, interlaced } = header;
  const passes = interlaced ? adam7 : ([[0, 0, 1, 1]] as const);
  return passes.reduce((sum, [left, top, across, down]) => {
    const columns = Math.ceil((width - left) / across);
    const rows = Math.ceil((height - top) / down);
    if (columns <= 0 || rows <= 0) return sum;
    return sum + rows * (1 + Math.ceil((columns * samplesPerPixel(header) * bitDepth) / 8));
  }, 0);
}

/** Returns `data` deflated, in the requested number of IDAT chunks. */
export function imageChunks(data: Buffer, pieces = 1): Chunk[] {
  const deflated = deflateSync(data);
  const length = Math.ceil(deflated.length / pieces);
  return Array.from({ length: pieces }, (_, piece) =>
    chunk("IDAT", deflated.subarray(piece * length, (piece + 1) * length)),
  );
}
