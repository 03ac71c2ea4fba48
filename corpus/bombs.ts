import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createDeflate, deflateSync } from "node:zlib";
import sharp from "sharp";
import type { Expectation, HostileFile } from "./hostile-file.ts";
import { original } from "./mutated-files.ts";
import { type Chunk, chunk, encodePng, type Header, headerChunk, imageChunks, scanlines } from "./png.ts";

const small: Header = { width: 16, height: 16, bitDepth: 8, colourType: 2, interlaced: false };
const smallImage = () => imageChunks(scanlines(small, (x, y) => [x * 16, y * 16, 128]));

/** Zeros deflated to a thousandth of their size, never in memory at once. */
function deflatedZeros(bytes: number): Promise<Buffer> {
  const block = Buffer.alloc(2 ** 20);
  const blocks = Readable.from(Array.from({ length: Math.ceil(bytes / block.length) }, () => block));
  return buffer(blocks.pipe(createDeflate()));
}

async function vastPng(header: Header, bytes: number): Promise<Buffer> {
  return encodePng([headerChunk(header), chunk("IDAT", await deflatedZeros(bytes)), chunk("IEND")]);
}

/** A small picture with more chunks between its header and its image. */
function burdenedPng(...burden: readonly Chunk[]): Buffer {
  return encodePng([headerChunk(small), ...burden, ...smallImage(), chunk("IEND")]);
}

async function inflatingPng(type: string, before: string): Promise<Buffer> {
  const data = Buffer.concat([Buffer.from(before, "latin1"), await deflatedZeros(2 ** 30)]);
  return burdenedPng(chunk(type, data));
}

/** A segment of a JPEG: marker, its own length, contents. */
function segment(marker: number, contents: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(contents.length + 2, 2);
  return Buffer.concat([head, contents]);
}

/** Start of image, then `segments`, then the rest of the original. */
async function burdenedJpeg(segments: readonly Buffer[]): Promise<Buffer> {
  const jpeg = await original("full-chroma.jpg");
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

const maxSegment = 65_533;

function iccSegments(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) =>
    segment(
      0xe2,
      Buffer.concat([Buffer.from("ICC_PROFILE\0"), Buffer.from([index + 1, count]), Buffer.alloc(65_000, 1)]),
    ),
  );
}

/** A progressive JPEG whose last scan comes `times` over: each must be read before the picture is. */
async function manyScans(jpeg: Buffer, times: number): Promise<Buffer> {
  const start = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = jpeg.subarray(start, jpeg.length - 2);
  return Buffer.concat([jpeg.subarray(0, start), ...Array(times).fill(scan), jpeg.subarray(-2)]);
}

function blankJpeg(side: number): Promise<Buffer> {
  return sharp({ create: { width: side, height: side, channels: 3, background: "#888" } })
    .jpeg({ progressive: true })
    .toBuffer();
}

/** One frame of a GIF: a graphic control extension, a descriptor, and two codes of LZW. */
const gifFrame = Buffer.from(
  "21f9040001000000 2c00000000 01000100 00 02024401 00".replaceAll(" ", ""),
  "hex",
);

function gif(width: number, height: number, frames: number): Buffer {
  const screen = Buffer.from("GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff", "latin1");
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  return Buffer.concat([screen, ...Array(frames).fill(gifFrame), Buffer.from(";")]);
}

/** The animation with its frames over and over, until there are `frames`. */
async function longWebp(frames: number): Promise<Buffer> {
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

/** A little-endian TIFF of one directory of long integers, which names `next` as the directory after it. */
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

function greyTiff(width: number, height: number, more: readonly TiffEntry[], next = 0): Buffer {
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

const oneStrip = (offset: number, bytes: number, rows: number) => [
  { tag: 273, value: offset },
  { tag: 277, value: 1 },
  { tag: 278, value: rows },
  { tag: 279, value: bytes },
];

type Bomb = readonly [
  filename: string,
  name: string,
  expected: Expectation,
  contents: () => Buffer | Promise<Buffer>,
  weight?: "heavy",
];

const bombs: readonly Bomb[] = [
  [
    "bomb.png",
    "interlaced, 16383×16383",
    "too-many-pixels",
    () => vastPng({ ...small, width: 16_383, height: 16_383, colourType: 0, interlaced: true }, 268e6),
  ],
  [
    "bomb.png",
    "2147483647×2147483647",
    "any",
    () => vastPng({ ...small, width: 2 ** 31 - 1, height: 2 ** 31 - 1, bitDepth: 16, colourType: 6 }, 1000),
  ],
  [
    "bomb.png",
    "interlaced, as large as allowed",
    "ready",
    () => vastPng({ ...small, width: 7070, height: 7070, colourType: 2, interlaced: true }, 151e6),
    "heavy",
  ],
  [
    "bomb.png",
    "one row of 50 megapixels",
    "any",
    () => vastPng({ ...small, width: 50_000_000, height: 1, bitDepth: 8 }, 150_000_001),
    "heavy",
  ],
  [
    "bomb.png",
    "one column of 50 megapixels",
    "any",
    () => vastPng({ ...small, width: 1, height: 50_000_000, bitDepth: 8 }, 200_000_000),
    "heavy",
  ],
  [
    "bomb.png",
    "a gigabyte behind a small image",
    "any",
    async () => encodePng([headerChunk(small), chunk("IDAT", await deflatedZeros(2 ** 30)), chunk("IEND")]),
    "heavy",
  ],
  ["bomb.png", "a gigabyte in zTXt", "any", () => inflatingPng("zTXt", "Comment\0\0"), "heavy"],
  ["bomb.png", "a gigabyte in iTXt", "any", () => inflatingPng("iTXt", "Comment\0\x01\0en\0\0"), "heavy"],
  ["bomb.png", "a gigabyte in iCCP", "any", () => inflatingPng("iCCP", "profile\0\0"), "heavy"],
  [
    "bomb.png",
    "a profile of 30 megabytes",
    "any",
    async () =>
      burdenedPng(
        chunk("iCCP", Buffer.concat([Buffer.from("profile\0\0", "latin1"), await deflatedZeros(30e6)])),
      ),
  ],
  ["bomb.png", "20 megabytes of EXIF", "any", () => burdenedPng(chunk("eXIf", Buffer.alloc(20e6, "MM\0*")))],
  ["bomb.png", "20 megabytes of text", "any", () => burdenedPng(chunk("tEXt", Buffer.alloc(20e6, "text")))],
  [
    "bomb.png",
    "100,000 texts",
    "any",
    () => burdenedPng(...Array<Chunk>(100_000).fill(chunk("tEXt", "Title\0text"))),
  ],
  [
    "bomb.png",
    "10,000 deflated texts",
    "any",
    () => {
      const data = Buffer.concat([Buffer.from("Title\0\0"), deflateSync(Buffer.alloc(100_000))]);
      return burdenedPng(...Array<Chunk>(10_000).fill(chunk("zTXt", data)));
    },
  ],
  [
    "bomb.png",
    "image data in 100,000 pieces of nothing",
    "any",
    () =>
      encodePng([
        headerChunk(small),
        ...Array<Chunk>(100_000).fill(chunk("IDAT")),
        ...smallImage(),
        chunk("IEND"),
      ]),
  ],
  ["bomb.jpg", "progressive, as large as allowed", "ready", () => blankJpeg(7070), "heavy"],
  ["bomb.jpg", "progressive, 16383×16383", "too-many-pixels", async () => blankJpeg(16_383), "heavy"],
  [
    "bomb.jpg",
    "progressive, 90 scans, as large as allowed",
    "any",
    async () => manyScans(await blankJpeg(7070), 80),
    "heavy",
  ],
  [
    "bomb.jpg",
    "progressive, 10,000 scans",
    "any",
    async () => manyScans(await original("progressive.jpg"), 10_000),
  ],
  ["bomb.jpg", "255 segments of profile", "any", () => burdenedJpeg(iccSegments(255))],
  [
    "bomb.jpg",
    "300 segments of EXIF",
    "any",
    () => burdenedJpeg(Array(300).fill(segment(0xe1, Buffer.alloc(maxSegment, "Exif\0\0MM\0*\0\0\0\x08")))),
  ],
  [
    "bomb.jpg",
    "1,000 segments of comment",
    "ready",
    () => burdenedJpeg(Array(1000).fill(segment(0xfe, Buffer.alloc(maxSegment, "comment ")))),
    "heavy",
  ],
  ["bomb.gif", "10,000 frames", "ready", () => gif(16, 16, 10_000)],
  ["bomb.gif", "10,000 frames of 400×400", "any", () => gif(400, 400, 10_000)],
  ["bomb.gif", "65535×65535", "any", () => gif(65_535, 65_535, 1)],
  ["bomb.gif", "7070×7070 over a pixel of data", "ready", () => gif(7070, 7070, 1), "heavy"],
  ["bomb.webp", "10,000 frames", "any", () => longWebp(10_000)],
  ["bomb.webp", "2,000 frames", "any", () => longWebp(2000), "heavy"],
  [
    "bomb.tif",
    "a directory that is its own successor",
    "any",
    () => greyTiff(32, 32, oneStrip(300, 1024, 32), 8),
  ],
  ["bomb.tif", "a strip of four gigabytes", "any", () => greyTiff(32, 32, oneStrip(300, 2 ** 32 - 1, 32))],
  ["bomb.tif", "16383×16383", "too-many-pixels", () => greyTiff(16_383, 16_383, oneStrip(300, 1024, 16_383))],
  ["bomb.tif", "7070×7070 over a kilobyte", "any", () => greyTiff(7070, 7070, oneStrip(300, 1024, 7070))],
  [
    "bomb.tif",
    "a tile of 2³¹ pixels",
    "any",
    () =>
      greyTiff(32, 32, [
        { tag: 322, value: 65_536 },
        { tag: 323, value: 32_768 },
        { tag: 324, value: 300 },
        { tag: 325, value: 1024 },
      ]),
  ],
];

/** Small to send, large to open: the defence is to judge them by their headers. */
export function bombFiles(): HostileFile[] {
  return bombs.map(([filename, name, expected, contents, weight]) => ({
    kind: "bomb",
    name: `${filename.split(".").at(-1)}: ${name}`,
    filename,
    expected,
    heavy: weight === "heavy",
    contents,
  }));
}
