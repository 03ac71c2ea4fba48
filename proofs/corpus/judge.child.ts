/** Looks at what came out, with decoders of its own: answers each question with what is wrong. */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import yauzl from "yauzl";
import { maxPixels } from "../../converters/image.ts";
import type { Question } from "./messages.ts";
import { complaintsOfPng } from "./png-reader.ts";

const tolerance = 12;
const code = /<script|<\?php|system\(/i;

/** What the strictest decoding may say of a file that is sound, or whose pixels are. */
const harmless =
  /extraneous bytes|profile|iCCP|EXIF|tag ignored|CRC error|Invalid SOS parameters|not sorted/i;

/** What a damaged file that came out ready should have failed with. */
async function complaintsOfSource(path: string): Promise<string[]> {
  const complaints = [...complaintsOfPng(await readFile(path))];
  for (const failOn of ["error", "warning"] as const) {
    try {
      await sharp(path, { failOn, limitInputPixels: maxPixels }).raw().toBuffer();
    } catch (error) {
      if (failOn === "error" || !harmless.test(String(error))) complaints.push(`${failOn}: ${error}`);
    }
  }
  return complaints.map((complaint) => `came out ready, but: ${complaint}`);
}

async function coloursOf(picture: Buffer, width: number, height: number): Promise<number[][]> {
  const { data, info } = await sharp(picture).toColourspace("srgb").removeAlpha().raw().toBuffer({
    resolveWithObject: true,
  });
  return [0.25, 0.75].flatMap((down) =>
    [0.25, 0.75].map((across) => {
      const at = (Math.floor(height * down) * width + Math.floor(width * across)) * info.channels;
      return [...data.subarray(at, at + 3)];
    }),
  );
}

async function complaintsOfPicture(
  { variant, path, contentType, width = 0, height = 0 }: Question["outputs"][number],
  quadrants: Question["quadrants"],
): Promise<string[]> {
  const picture = await readFile(path);
  const image = sharp(picture, { failOn: "warning" });
  const complaints: string[] = [];
  try {
    const metadata = await image.metadata();
    const type = metadata.format === "heif" ? "image/avif" : `image/${metadata.format}`;
    if (type !== contentType) complaints.push(`is ${type}, said to be ${contentType}`);
    if (metadata.width !== width || metadata.height !== height)
      complaints.push(`is ${metadata.width}×${metadata.height}, said to be ${width}×${height}`);
    if (metadata.exif || metadata.xmp || metadata.iptc || metadata.comments?.length)
      complaints.push("carries the source's metadata");
    await image.raw().toBuffer();
  } catch (error) {
    complaints.push(`does not decode: ${error}`);
  }
  if (code.test(picture.toString("latin1"))) complaints.push("carries the source's code");
  if (quadrants && complaints.length === 0 && contentType === "image/jpeg") {
    const seen = await coloursOf(picture, width, height);
    const wrong = seen.some((colour, index) =>
      colour.some((value, channel) => Math.abs(value - (quadrants[index]?.[channel] ?? 0)) > tolerance),
    );
    if (wrong) complaints.push(`shows ${JSON.stringify(seen)} instead of ${JSON.stringify(quadrants)}`);
  }
  return complaints.map((complaint) => `${variant} ${complaint}`);
}

async function complaintsOfArchive(path: string, source: string): Promise<string[]> {
  const archive = await yauzl.fromBufferPromise(await readFile(path));
  const contents: Buffer[] = [];
  for await (const entry of archive.eachEntry()) {
    contents.push(await buffer(await archive.openReadStreamPromise(entry)));
  }
  const [only] = contents;
  if (contents.length !== 1 || !only?.equals(await readFile(source)))
    return ["the archive is not of the file"];
  return [];
}

async function judge({ source, mayBeDamaged, isPicture, outputs, quadrants }: Question): Promise<string[]> {
  if (!isPicture) {
    return (await Promise.all(outputs.map(({ path }) => complaintsOfArchive(path, source)))).flat();
  }
  const complaints = mayBeDamaged ? await complaintsOfSource(source) : [];
  for (const output of outputs) complaints.push(...(await complaintsOfPicture(output, quadrants)));
  return complaints;
}

process.on("message", async (question: Question) => process.send?.(await judge(question)));
process.on("disconnect", () => process.exit());
