import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createDeflate } from "node:zlib";
import sharp from "sharp";
import { original } from "./mutated-files.ts";
import { type Chunk, chunk, encodePng, type Header, headerChunk, imageChunks, scanlines } from "./png.ts";

export const small: Header = { width: 16, height: 16, bitDepth: 8, colourType: 2, interlaced: false };
export const smallImage = () => imageChunks(scanlines(small, (x, y) => [x * 16, y * 16, 128]));

/** Returns `bytes` zeros deflated to a thousandth of their size, without holding all of them in memory. */
export function deflatedZeros(bytes: number): Promise<Buffer> {
  const block = Buffer.alloc(2 ** 20);
  const blocks = Readable.from(Array.from({ length: Math.ceil(bytes / block.length) }, () => block));
  return buffer(blocks.pipe(createDeflate()));
}

export async function vastPng(header: Header, bytes: number): Promise<Buffer> {
  return encodePng([headerChunk(header), chunk("IDAT", await deflatedZeros(bytes)), chunk("IEND")]);
}

/** Returns a small picture with further chunks between its header and its image. */
export function burdenedPng(...burden: readonly Chunk[]): Buffer {
  return encodePng([headerChunk(small), ...burden, ...smallImage(), chunk("IEND")]);
}

export async function inflatingPng(type: string, before: string): Promise<Buffer> {
  const data = Buffer.concat([Buffer.from(before, "latin1"), await deflatedZeros(2 ** 30)]);
  return burdenedPng(chunk(type, data));
}

/** Returns a segment of a JPEG: marker, length and contents. */
export function segment(marker: number, contents: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(contents.length + 2, 2);
  return Buffer.concat([head, contents]);
}

/** Returns a JPEG with `segments` directly after its start. */
export async function burdenedJpeg(segments: readonly Buffer[]): Promise<Buffer> {
  const jpeg = await original("full-chroma.jpg");
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

export const maxSegment = 65_533;

export function iccSegments(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) =>
    segment(
      0xe2,
      Buffer.concat([Buffer.from("ICC_PROFILE\0"), Buffer.from([index + 1, count]), Buffer.alloc(65_000, 1)]),
    ),
  );
}

/** Returns a progressive JPEG that repeats its last scan `times` times. A decoder must read all of them. */
export async function manyScans(jpeg: Buffer, times: number): Promise<Buffer> {
  const start = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = jpeg.subarray(start, jpeg.length - 2);
  return Buffer.concat([jpeg.subarray(0, start), ...Array(times).fill(scan), jpeg.subarray(-2)]);
}

export function blankAvif(side: number): Promise<Buffer> {
  return sharp({ create: { width: side, height: side, channels: 3, background: "#888" } })
    .avif({ effort: 0 })
    .toBuffer();
}

export function blankJpeg(side: number): Promise<Buffer> {
  return sharp({ create: { width: side, height: side, channels: 3, background: "#888" } })
    .jpeg({ progressive: true })
    .toBuffer();
}

/** A frame of a GIF: a graphic control extension, a descriptor, and two codes of LZW. */
const gifFrame = Buffer.from(
  "21f9040001000000 2c00000000 01000100 00 02024401 00".replaceAll(" ", ""),
  "hex",
);

export function manyFramesGif(width: number, height: number, frames: number): Buffer {
  const screen = Buffer.from("GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff", "latin1");
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  return Buffer.concat([screen, ...Array(frames).fill(gifFrame), Buffer.from(";")]);
}

/** Returns the animation with its frames repeated until there are `frames`. */
export async function longWebp(frames: number): Promise<Buffer> {
  const webp = await original("animated.webp");
  const first = webp.indexOf("ANMF");
  const length = 8 + webp.readUInt32LE(first + 4);
  const frame = webp.subarray(first, first + length + (length % 2));
  const file = Buffer.concat([webp.subarray(0, first), ...Array(frames).fill(frame)]);
  file.writeUInt32LE(file.length - 8, 4);
  return file;
}

interface TiffEntry {
  readonly tag: number;
  readonly value: number;
}

/** Returns a little-endian TIFF with one directory of long integers, which names `next` as the next directory. */
function tiff(entries: readonly TiffEntry[], next: number): Buffer {
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [index, { tag, value }] of entries.entries()) {
    const at = 2 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(4, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.writeUInt32LE(value, at + 8);
  }
  directory.writeUInt32LE(next, directory.length - 4);
  return Buffer.concat([Buffer.from("II*\0\x08\0\0\0", "latin1"), directory, Buffer.alloc(1024, 0x80)]);
}

export function greyTiff(width: number, height: number, more: readonly TiffEntry[], next = 0): Buffer {
  const tags = [
    { tag: 256, value: width },
    { tag: 257, value: height },
    { tag: 258, value: 8 },
    { tag: 259, value: 1 },
    { tag: 262, value: 1 },
    ...more,
  ];
  return tiff(
    tags.toSorted((one, other) => one.tag - other.tag),
    next,
  );
}

export const oneStrip = (offset: number, bytes: number, rows: number) => [
  { tag: 273, value: offset },
  { tag: 277, value: 1 },
  { tag: 278, value: rows },
  { tag: 279, value: bytes },
];
