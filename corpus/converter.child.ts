/** Runs the converter at its argument, one job after the other, and tells how much memory each took at most. */
import { createReadStream, createWriteStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as v from "valibot";
import type { Output } from "../converters/converter.ts";
import { ConversionError } from "../converters/errors.ts";
import { findConverter } from "../converters/registry.ts";
import { sourceType } from "../handlers/source-type.ts";
import type { Job, JobResult, VariantOutcome } from "./messages.ts";
import { forgetPeak, peakMegabytes } from "./peak-memory.ts";

const definition = findConverter(process.argv[2] ?? "");
if (!definition) throw new Error(`There is no converter "${process.argv[2]}"`);
const { convert } = await definition.load();

async function store(path: string, { body }: Output): Promise<void> {
  if (Buffer.isBuffer(body)) await writeFile(path, body);
  else await pipeline(body, createWriteStream(path));
}

async function run({ path, filename, variants, directory }: Job): Promise<JobResult> {
  const { size } = await stat(path);
  const source = {
    filename,
    contentType: sourceType(filename).contentType,
    bytes: size,
    stream: async () => createReadStream(path),
    file: async () => path,
  };
  const parsed = Object.entries(variants).map(([name, options]) => ({
    name,
    options: v.parse(definition?.options ?? v.unknown(), options),
  }));
  const outcomes = new Map<string, VariantOutcome>();
  const fail = (variant: string, { code, message }: ConversionError) =>
    outcomes.set(variant, { variant, state: "failed", code, message });
  try {
    for await (const conversion of convert(source, parsed)) {
      const { variant } = conversion;
      if ("error" in conversion) {
        fail(variant, conversion.error);
        continue;
      }
      const { output } = conversion;
      const { type, width, height } = output;
      const target = join(directory, variant);
      await store(target, output);
      outcomes.set(variant, {
        variant,
        state: "ready",
        path: target,
        contentType: type.contentType,
        width,
        height,
      });
    }
  } catch (error) {
    if (!(error instanceof ConversionError)) {
      const unclassified = error instanceof Error ? error.message : String(error);
      return { outcomes: [...outcomes.values()], unclassified, peakMegabytes: peakMegabytes() };
    }
    for (const { name } of parsed) if (!outcomes.has(name)) fail(name, error);
  }
  return { outcomes: [...outcomes.values()], peakMegabytes: peakMegabytes() };
}

process.on("message", async (job: Job) => {
  forgetPeak();
  process.send?.(await run(job));
});
process.on("disconnect", () => process.exit());
