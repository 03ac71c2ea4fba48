import { deflateSync } from "node:zlib";
import {
  blankAvif,
  blankJpeg,
  burdenedJpeg,
  burdenedPng,
  deflatedZeros,
  greyTiff,
  iccSegments,
  inflatingPng,
  longWebp,
  manyFramesGif,
  manyScans,
  maxSegment,
  oneStrip,
  segment,
  small,
  smallImage,
  vastPng,
} from "./bomb-makers.ts";
import type { Expectation, HostileFile } from "./hostile-file.ts";
import { original } from "./mutated-files.ts";
import { type Chunk, chunk, encodePng, headerChunk } from "./png.ts";

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
    "heavy",
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
  [
    "bomb.png",
    "20 megabytes of text",
    "any",
    () => burdenedPng(chunk("tEXt", Buffer.alloc(20e6, "text"))),
    "heavy",
  ],
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
  ["bomb.avif", "as large as allowed", "ready", () => blankAvif(5460), "heavy"],
  ["bomb.avif", "larger than allowed", "too-many-pixels", () => blankAvif(5470), "heavy"],
  ["bomb.gif", "10,000 frames", "ready", () => manyFramesGif(16, 16, 10_000)],
  ["bomb.gif", "10,000 frames of 400×400", "any", () => manyFramesGif(400, 400, 10_000)],
  ["bomb.gif", "65535×65535", "any", () => manyFramesGif(65_535, 65_535, 1)],
  ["bomb.gif", "7070×7070 over a pixel of data", "ready", () => manyFramesGif(7070, 7070, 1), "heavy"],
  ["bomb.webp", "10,000 frames", "any", () => longWebp(10_000), "heavy"],
  ["bomb.webp", "1,000 frames", "ready", () => longWebp(1000)],
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

/** Files that are small to send and large to open. The converters must recognise them by their headers. */
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
