/** Runs the converter that its argument names for one job after the other, and reports the peak memory of each. */
import { createReadStream, createWriteStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as v from "valibot";
import { sourceType } from "../../contract/source-type.ts";
import type { Output } from "../../converters/converter.ts";
import { findConverter } from "../../converters/registry.ts";
import { forgetPeak, memoryOfThisProcess } from "../processes/memory.ts";
import { serve } from "../processes/serve.ts";
import { conversionOutcomes } from "./conversion-outcomes.ts";
import type { ConverterCalls, Job, JobResult } from "./messages.ts";

const definition = findConverter(process.argv[2] ?? "");
if (!definition) throw new Error(`There is no converter "${process.argv[2]}"`);
const loading = definition.load();

async function store(path: string, { body }: Output): Promise<string> {
  if (Buffer.isBuffer(body)) await writeFile(path, body);
  else await pipeline(body, createWriteStream(path));
  return path;
}

async function convert({ path, filename, variants, directory }: Job): Promise<JobResult> {
  forgetPeak();
  const { convert: converter } = await loading;
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
  const result = await conversionOutcomes(converter, source, parsed, (variant, output) =>
    store(join(directory, variant), output),
  );
  return { ...result, peakMegabytes: memoryOfThisProcess().peakMb };
}

serve<ConverterCalls>({ convert });
