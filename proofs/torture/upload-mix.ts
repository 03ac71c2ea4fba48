import { createHash } from "node:crypto";
import sharp from "sharp";
import { sourceType } from "../../contract/source-type.ts";
import { storedFilename } from "../../handlers/upload-api/filename.ts";
import { fixedFiles } from "../corpus/corpus.ts";
import type { HostileFile } from "../corpus/hostile-file.ts";
import { mutatedFile } from "../corpus/mutated-files.ts";
import { Random } from "../corpus/random.ts";

/** One file that a client uploads. */
export interface MixedUpload {
  readonly index: number;
  /** The client's name of the file; unique in the run. */
  readonly filename: string;
  /** The name under which the upload API stores the file. */
  readonly storedName: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** Hex SHA-256 of the body. */
  readonly digest: string;
}

type Contents = Pick<HostileFile, "filename" | "contents">;

/** Files per sort: few, so that the clean conversion of each serves many uploads. */
const poolSize = 24;
/** The function writes archives of 8 MiB and more in parts. */
const largeBytes = { least: 9 * 2 ** 20, spread: 5 * 2 ** 20 };

/** The share of each sort, in percent of the uploads. */
const shares: readonly [sort: "picture" | "hostile" | "mutated" | "document" | "large", share: number][] = [
  ["picture", 43],
  ["hostile", 25],
  ["mutated", 15],
  ["document", 11],
  ["large", 6],
];

const pictureFormats = ["png", "jpeg", "webp", "gif", "tiff"] as const;

function picture(random: Random): Contents {
  const format = random.pick(pictureFormats);
  const channels = format === "png" && random.below(2) === 0 ? 4 : 3;
  const [width, height] = [40 + random.below(600), 40 + random.below(400)];
  const tile = random.bytes(16 * 16 * channels);
  const progressive = random.below(3) === 0;
  return {
    filename: `picture.${format === "jpeg" ? "jpg" : format}`,
    contents: () =>
      sharp(tile, { raw: { width: 16, height: 16, channels } })
        .resize(width, height, { fit: "fill" })
        .toFormat(format, format === "png" || format === "jpeg" ? { progressive } : {})
        .toBuffer(),
  };
}

function large(random: Random): Contents {
  const bytes = largeBytes.least + random.below(largeBytes.spread);
  const block = random.bytes(2 ** 16);
  return {
    filename: "measurements.bin",
    // All blocks differ, so that swapped parts change the file.
    contents: async () => {
      const blocks = Array.from({ length: Math.ceil(bytes / block.length) }, (_, index) => {
        const copy = Buffer.from(block);
        copy.writeUInt32BE(index);
        return copy;
      });
      return Buffer.concat(blocks).subarray(0, bytes);
    },
  };
}

function document(random: Random): Contents {
  const lines = Array.from({ length: 20 + random.below(2_000) }, () => `${random.fraction()};ready`);
  return {
    filename: random.pick(["report.csv", "notes.txt", "no extension", "archive.tar.gz"]),
    contents: () => Buffer.from(lines.join("\n")),
  };
}

/** Yields the uploads of a seed: the same bytes for the same seed. Each body is made when the upload is requested. */
export async function* uploadMix(seed: number, count: number): AsyncGenerator<MixedUpload> {
  const random = new Random(seed);
  const hostile = fixedFiles().filter(({ heavy, kind }) => !heavy && kind !== "bomb");
  const pool = <Item>(make: (index: number) => Item) =>
    Array.from({ length: poolSize }, (_, index) => make(index));
  const pools: Record<(typeof shares)[number][0], readonly Contents[]> = {
    picture: pool(() => picture(random)),
    hostile: pool(() => random.pick(hostile)),
    mutated: pool((index) => mutatedFile(seed * poolSize + index)),
    document: pool(() => document(random)),
    large: pool(() => large(random)).slice(0, 3),
  };
  for (let index = 0; index < count; ) {
    const { filename: name, contents } = random.pick(pools[sortOf(random.below(100))]);
    const body = await contents();
    if (body.length === 0) continue; // The API refuses an empty file before it becomes an upload.
    yield uploadOf(index++, name, body);
  }
}

/** Returns an intact picture, which every converter accepts: the first upload after the storm. */
export async function pictureOfTheCalm(index: number): Promise<MixedUpload> {
  const image = sharp({ create: { width: 64, height: 48, channels: 3, background: "#446688" } });
  return uploadOf(index, "calm.png", await image.png().toBuffer());
}

function uploadOf(index: number, name: string, body: Buffer): MixedUpload {
  const filename = `${String(index).padStart(4, "0")} ${name}`;
  const { contentType } = sourceType(name);
  const digest = createHash("sha256").update(body).digest("hex");
  return { index, filename, storedName: storedFilename(filename, contentType), contentType, body, digest };
}

function sortOf(percent: number): (typeof shares)[number][0] {
  let sum = 0;
  for (const [sort, share] of shares) {
    sum += share;
    if (percent < sum) return sort;
  }
  throw new RangeError(`The shares of the sorts add up to ${sum}, not to 100`);
}
