/** Runs the converter at its argument, one job after the other, and tells how much memory each took at most. */
import { createReadStream, createWriteStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as v from "valibot";
import { sourceType } from "../../contract/source-type.ts";
import type { Output } from "../../converters/converter.ts";
import { findConverter } from "../../converters/registry.ts";
import { conversionOutcomes } from "./conversion-outcomes.ts";
import type { Job, JobResult } from "./messages.ts";
import { forgetPeak, peakMegabytes } from "./peak-memory.ts";

const definition = findConverter(process.argv[2] ?? "");
if (!definition) throw new Error(`There is no converter "${process.argv[2]}"`);
const { convert } = await definition.load();

async function store(path: string, { body }: Output): Promise<string> {
  if (Buffer.isBuffer(body)) await writeFile(path, body);
  else await pipeline(body, createWriteStream(path));
  return path;
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
  const result = await conversionOutcomes(convert, source, parsed, (variant, output) =>
    store(join(directory, variant), output),
  );
  return { ...result, peakMegabytes: peakMegabytes() };
}

process.on("message", async (job: Job) => {
  forgetPeak();
  process.send?.(await run(job));
});
process.on("disconnect", () => process.exit());
