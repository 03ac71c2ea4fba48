import { deflateSync } from "node:zlib";
import type { HostileFile } from "./hostile-file.ts";
import { type Chunk, chunk, encodeChunk, headerChunk, imageChunks, scanlines, signature } from "./png.ts";
import { Random } from "./random.ts";

const header = { width: 24, height: 16, bitDepth: 8, colourType: 3, interlaced: false };
const entries = 16;

function uint32(...values: readonly number[]): Buffer {
  const data = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) data.writeUInt32BE(value, index * 4);
  return data;
}

const compressedText = (before: string) =>
  Buffer.concat([Buffer.from(before, "latin1"), deflateSync("text")]);

/** Returns a palette picture with every chunk that the specification allows for it, in a valid order. */
function everyChunk(): Chunk[] {
  return [
    headerChunk(header),
    chunk("gAMA", uint32(45_455)),
    chunk("cHRM", uint32(31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)),
    chunk("sBIT", Buffer.from([8, 8, 8])),
    chunk("sRGB", Buffer.from([0])),
    chunk("PLTE", new Random(1).bytes(entries * 3)),
    chunk("tRNS", new Random(2).bytes(entries)),
    chunk("bKGD", Buffer.from([1])),
    chunk("hIST", Buffer.alloc(entries * 2, 1)),
    chunk("pHYs", Buffer.concat([uint32(2835, 2835), Buffer.from([1])])),
    chunk("sPLT", Buffer.from("palette\0\x08\x01\x02\x03\x04\x00\x05", "latin1")),
    chunk("tIME", Buffer.from([0x07, 0xe8, 2, 29, 12, 30, 59])),
    chunk("tEXt", "Title\0A title"),
    chunk("zTXt", compressedText("Comment\0\0")),
    chunk("iTXt", compressedText("Author\0\x01\0en\0\0")),
    chunk("eXIf", Buffer.from("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0", "latin1")),
    ...imageChunks(
      scanlines(header, (x, y) => [(x + y) % entries]),
      2,
    ),
    chunk("IEND"),
  ];
}

/** Returns the encoded chunks, with the chunk at `at` replaced by the result of `change`. */
type Damage = (chunks: readonly Chunk[], at: number, random: Random) => Buffer[];

function replacing(change: (target: Chunk, random: Random) => Buffer | readonly Buffer[]): Damage {
  return (chunks, at, random) =>
    chunks.flatMap((each, index) => (index === at ? change(each, random) : encodeChunk(each)));
}

function movedTo(place: number): Damage {
  return (chunks, at) => {
    const others = chunks.filter((_, index) => index !== at);
    return others.toSpliced(place, 0, ...chunks.slice(at, at + 1)).map((each) => encodeChunk(each));
  };
}

const damages: Readonly<Record<string, Damage>> = {
  "length one more": replacing((target) => encodeChunk(target, { length: target.data.length + 1 })),
  "length one less": replacing((target) =>
    encodeChunk(target, { length: Math.max(0, target.data.length - 1) }),
  ),
  "length two gigabytes": replacing((target) => encodeChunk(target, { length: 2 ** 31 - 1 })),
  "length four gigabytes": replacing((target) => encodeChunk(target, { length: 2 ** 32 - 1 })),
  "wrong CRC": replacing((target) => encodeChunk(target, { crc: 0xdeadbeef })),
  "unknown critical type": replacing(({ data }) => encodeChunk({ type: "QUUX", data })),
  "unknown ancillary type": replacing(({ data }) => encodeChunk({ type: "quUx", data })),
  "type of no letters": replacing(({ data }) => encodeChunk({ type: "\0\xff\x01\x80", data })),
  "other data": replacing(({ type, data }, random) => encodeChunk({ type, data: random.bytes(data.length) })),
  "all ones": replacing(({ type, data }) => encodeChunk({ type, data: Buffer.alloc(data.length, 0xff) })),
  "all zeros": replacing(({ type, data }) => encodeChunk({ type, data: Buffer.alloc(data.length) })),
  "no data": replacing(({ type }) => encodeChunk({ type, data: Buffer.alloc(0) })),
  "much data": replacing(({ type, data }, random) =>
    encodeChunk({ type, data: Buffer.concat([data, random.bytes(5000)]) }),
  ),
  missing: replacing(() => []),
  twice: replacing((target) => [encodeChunk(target), encodeChunk(target)]),
  "a thousand times": replacing((target) => Array.from({ length: 1000 }, () => encodeChunk(target))),
  first: movedTo(0),
  "after the image": movedTo(-1),
  last: (chunks, at) => movedTo(chunks.length)(chunks, at, new Random(0)),
  "cut in the middle": (chunks, at) => {
    const whole = chunks.slice(0, at + 1).map((each) => encodeChunk(each));
    const cut = whole.at(-1) ?? Buffer.alloc(0);
    return [...whole.slice(0, -1), cut.subarray(0, Math.ceil(cut.length / 2))];
  },
};

/** Damage after which no decoder can restore the whole picture. */
const fatal = new Set(["IHDR: missing", "IHDR: no data", "IHDR: cut in the middle", "IHDR: all zeros"]);

/** Returns a file for every type of chunk and every kind of damage. */
export function damagedPngs(): HostileFile[] {
  const chunks = everyChunk();
  return chunks.flatMap(({ type }, at) => {
    const which = type === "IDAT" ? `IDAT-${at - chunks.findIndex((each) => each.type === type) + 1}` : type;
    return Object.entries(damages).map(([how, damage], index): HostileFile => {
      const name = `${which}: ${how}`;
      return {
        kind: "damaged-png",
        name,
        filename: "damaged.png",
        expected: fatal.has(name) ? "corrupt-input" : "any",
        contents: () => Buffer.concat([signature, ...damage(chunks, at, new Random(at * 100 + index))]),
      };
    });
  });
}
