import sharp, { type Sharp } from "sharp";
import type { HostileFile } from "./hostile-file.ts";
import { Random } from "./random.ts";

const width = 96;
const height = 64;

/** Returns a picture like a photograph: shapes with some noise, so that every part of a decoder has work to do. */
function scene(): Sharp {
  const random = new Random(7);
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at++) {
    const x = Math.floor(at / 3) % width;
    const y = Math.floor(at / 3 / width);
    const base = 128 + 90 * Math.sin((x * (1 + (at % 3))) / 17) * Math.cos(y / 11);
    pixels[at] = Math.max(0, Math.min(255, base + random.below(24) - 12));
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

const withAlpha = () => scene().ensureAlpha(0.5);
const tagged = () => scene().withMetadata({ orientation: 6 }).withIccProfile("p3");

async function animated(): Promise<Sharp> {
  const still = await scene().resize(48).png().toBuffer();
  const frames = await Promise.all(
    [0, 90, 180].map((turn) => sharp(still).modulate({ hue: turn }).png().toBuffer()),
  );
  return sharp(frames, { join: { animated: true } });
}

/** Makers of one intact file for each way to write an accepted format, by name. */
const originals: Readonly<Record<string, () => Promise<Buffer>>> = {
  "baseline.jpg": () => tagged().jpeg().toBuffer(),
  "progressive.jpg": () => scene().jpeg({ progressive: true }).toBuffer(),
  "full-chroma.jpg": () => scene().jpeg({ chromaSubsampling: "4:4:4", quality: 95 }).toBuffer(),
  "grey.jpg": () => scene().greyscale().jpeg().toBuffer(),
  "plain.png": () => tagged().png().toBuffer(),
  "alpha.png": () => withAlpha().png().toBuffer(),
  "interlaced.png": () => withAlpha().png({ progressive: true }).toBuffer(),
  "palette.png": () => scene().png({ palette: true, colours: 16 }).toBuffer(),
  "deep.png": () => scene().toColourspace("rgb16").png().toBuffer(),
  "lossy.webp": () => tagged().webp().toBuffer(),
  "alpha.webp": () => withAlpha().webp().toBuffer(),
  "lossless.webp": () => withAlpha().webp({ lossless: true }).toBuffer(),
  "animated.webp": async () => (await animated()).webp().toBuffer(),
  "still.gif": () => scene().gif().toBuffer(),
  "animated.gif": async () => (await animated()).gif().toBuffer(),
  "plain.tif": () => tagged().tiff({ compression: "none" }).toBuffer(),
  "lzw.tif": () => scene().tiff({ compression: "lzw", predictor: "horizontal" }).toBuffer(),
  "deflate.tif": () => withAlpha().tiff({ compression: "deflate" }).toBuffer(),
  "jpeg.tif": () => scene().tiff({ compression: "jpeg" }).toBuffer(),
  "tiled.tif": () =>
    scene().tiff({ compression: "lzw", tile: true, tileWidth: 32, tileHeight: 32 }).toBuffer(),
  "bilevel.tif": () =>
    scene().threshold().toColourspace("b-w").tiff({ compression: "ccittfax4", bitdepth: 1 }).toBuffer(),
  "lossy.avif": () => tagged().avif({ effort: 0 }).toBuffer(),
  "alpha.avif": () => withAlpha().avif({ effort: 0, quality: 80 }).toBuffer(),
};
const originalNames = Object.keys(originals);

const made = new Map<string, Promise<Buffer>>();

export function original(name: string): Promise<Buffer> {
  const make = originals[name];
  if (!make)
    throw new RangeError(`There is no original "${name}". The originals are ${originalNames.join(", ")}`);
  const file = made.get(name) ?? make();
  made.set(name, file);
  return file;
}

/** Half of the damage is in the headers. */
function place(random: Random, length: number): number {
  return random.fraction() < 0.5 ? random.below(Math.min(200, length)) : random.below(length);
}

function splice(file: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, at), inserted, file.subarray(at + removed)]);
}

type Mutation = (file: Buffer, random: Random) => Buffer;

const boundaries = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const mutations: Readonly<Record<string, Mutation>> = {
  truncated: (file, random) => file.subarray(0, 1 + random.below(file.length - 1)),
  "bits flipped": (file, random) => {
    const changed = Buffer.from(file);
    for (let count = 1 + random.below(8); count > 0; count--) {
      const at = place(random, file.length);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << random.below(8)), at);
    }
    return changed;
  },
  "a run overwritten": (file, random) => {
    const noise = random.bytes(1 + random.below(64));
    const at = place(random, file.length);
    return splice(file, at, noise.length, noise.subarray(0, file.length - at));
  },
  "a run of zeros": (file, random) => {
    const at = place(random, file.length);
    const length = Math.min(1 + random.below(64), file.length - at);
    return splice(file, at, length, Buffer.alloc(length));
  },
  "a run removed": (file, random) =>
    splice(file, place(random, file.length), 1 + random.below(64), Buffer.alloc(0)),
  "a run inserted": (file, random) =>
    splice(file, place(random, file.length), 0, random.bytes(1 + random.below(64))),
  "a run repeated": (file, random) => {
    const at = place(random, file.length);
    return splice(file, at, 0, file.subarray(at, at + 1 + random.below(256)));
  },
  "a number at its limits": (file, random) => {
    const changed = Buffer.from(file);
    const bytes = random.pick([1, 2, 4]);
    const at = Math.min(place(random, file.length), file.length - bytes);
    const value = random.pick(boundaries) % 2 ** (bytes * 8);
    if (random.fraction() < 0.5) changed.writeUIntBE(value, at, bytes);
    else changed.writeUIntLE(value, at, bytes);
    return changed;
  },
};

/** Returns an intact file with random damage. Both follow from the seed alone. */
export function mutatedFile(seed: number): HostileFile {
  const random = new Random(Math.imul(seed, 0x9e3779b1));
  const filename = random.pick(originalNames);
  const [how, mutate] = random.pick(Object.entries(mutations));
  return {
    kind: `mutated-${filename.split(".").at(-1)}`,
    name: String(seed),
    filename,
    expected: "any",
    contents: async () => mutate(await original(filename), new Random(seed + how.length)),
  };
}
