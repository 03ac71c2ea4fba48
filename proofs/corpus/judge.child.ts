/** Checks outputs with decoders of its own and reports their defects. */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import yauzl from "yauzl";
import { maxPixels } from "../../converters/image.ts";
import { serve } from "../processes/serve.ts";
import type { JudgeCalls, Question } from "./messages.ts";
import { defectsOfPng } from "./png-reader.ts";

const tolerance = 12;
const code = /<script|<\?php|system\(/i;

/** Warnings of the strictest decoding for intact files, or for files with intact pixels. */
const harmless =
  /extraneous bytes|profile|iCCP|EXIF|tag ignored|CRC error|Invalid SOS parameters|not sorted/i;

/** Returns the defects for which a damaged file should have failed instead of being converted. */
async function defectsOfSource(path: string): Promise<string[]> {
  const defects = [...defectsOfPng(await readFile(path))];
  for (const failOn of ["error", "warning"] as const) {
    try {
      await sharp(path, { failOn, limitInputPixels: maxPixels }).raw().toBuffer();
    } catch (error) {
      if (failOn === "error" || !harmless.test(String(error))) defects.push(`${failOn}: ${error}`);
    }
  }
  return defects.map((defect) => `is ready, but ${defect}`);
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

async function defectsOfPicture(
  { variant, path, contentType, width = 0, height = 0 }: Question["outputs"][number],
  quadrants: Question["quadrants"],
): Promise<string[]> {
  const picture = await readFile(path);
  const image = sharp(picture, { failOn: "warning" });
  const defects: string[] = [];
  try {
    const metadata = await image.metadata();
    const type = metadata.format === "heif" ? "image/avif" : `image/${metadata.format}`;
    if (type !== contentType) defects.push(`is ${type}, but was announced as ${contentType}`);
    if (metadata.width !== width || metadata.height !== height)
      defects.push(`is ${metadata.width}×${metadata.height}, but was announced as ${width}×${height}`);
    if (metadata.exif || metadata.xmp || metadata.iptc || metadata.comments?.length)
      defects.push("contains the source's metadata");
    await image.raw().toBuffer();
  } catch (error) {
    defects.push(`cannot be decoded: ${error}`);
  }
  if (code.test(picture.toString("latin1"))) defects.push("contains the source's code");
  if (quadrants && defects.length === 0 && contentType === "image/jpeg") {
    const seen = await coloursOf(picture, width, height);
    const wrong = seen.some((colour, index) =>
      colour.some((value, channel) => Math.abs(value - (quadrants[index]?.[channel] ?? 0)) > tolerance),
    );
    if (wrong) defects.push(`shows ${JSON.stringify(seen)} instead of ${JSON.stringify(quadrants)}`);
  }
  return defects.map((defect) => `${variant} ${defect}`);
}

async function defectsOfArchive(path: string, source: string): Promise<string[]> {
  const archive = await yauzl.fromBufferPromise(await readFile(path));
  const contents: Buffer[] = [];
  for await (const entry of archive.eachEntry()) {
    contents.push(await buffer(await archive.openReadStreamPromise(entry)));
  }
  const [only] = contents;
  if (contents.length !== 1 || !only?.equals(await readFile(source)))
    return ["the archive does not contain the file"];
  return [];
}

async function judge({ source, mayBeDamaged, isPicture, outputs, quadrants }: Question): Promise<string[]> {
  if (!isPicture) {
    return (await Promise.all(outputs.map(({ path }) => defectsOfArchive(path, source)))).flat();
  }
  const defects = mayBeDamaged ? await defectsOfSource(source) : [];
  for (const output of outputs) defects.push(...(await defectsOfPicture(output, quadrants)));
  return defects;
}

serve<JudgeCalls>({ judge });
