import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { sourceType } from "../../contract/source-type.ts";
import type { Conversion, Output, Variant } from "../../converters/converter.ts";
import { ConversionError } from "../../converters/errors.ts";
import { findConverter } from "../../converters/registry.ts";
import type { MixedUpload } from "./upload-mix.ts";

/** The outcome that a variant must have. */
export type ExpectedOutcome =
  | { readonly state: "ready"; readonly sha256: string; readonly bytes: number }
  | { readonly state: "failed"; readonly code: string };

/** A converter and the variants that a stage declares for it. */
export interface ConverterVariants {
  readonly converter: string;
  readonly variants: readonly Variant[];
}

/** Converts in this process, without faults, to learn the expected outcome of every upload. */
export class CleanConversions {
  readonly #stage: readonly ConverterVariants[];
  readonly #known = new Map<string, Promise<ReadonlyMap<string, ExpectedOutcome>>>();

  constructor(stage: readonly ConverterVariants[]) {
    this.#stage = stage;
  }

  /** Returns the outcomes by variant, for every variant whose converter accepts the upload's type. */
  async of(upload: MixedUpload): Promise<ReadonlyMap<string, ExpectedOutcome>> {
    const { contentType } = sourceType(upload.storedName);
    const outcomes = new Map<string, ExpectedOutcome>();
    for (const { converter, variants } of this.#stage) {
      const definition = findConverter(converter);
      if (!definition) throw new Error(`There is no converter "${converter}"`);
      const { accepts } = definition;
      if (accepts !== "any" && !accepts.some((type) => type.contentType === contentType)) continue;
      // An archive contains the file's name. Other outputs depend only on the bytes and their type.
      const key = [converter, upload.digest, accepts === "any" ? upload.storedName : contentType].join(" ");
      const known = this.#known.get(key) ?? convertCleanly(upload, converter, variants);
      this.#known.set(key, known);
      for (const [variant, outcome] of await known) outcomes.set(variant, outcome);
    }
    return outcomes;
  }
}

async function convertCleanly(
  { storedName, body }: MixedUpload,
  converter: string,
  variants: readonly Variant[],
): Promise<ReadonlyMap<string, ExpectedOutcome>> {
  const directory = await mkdtemp(join(tmpdir(), "henkan-torture-source-"));
  const path = join(directory, "source");
  await writeFile(path, body);
  const source = {
    filename: storedName,
    contentType: sourceType(storedName).contentType,
    bytes: body.length,
    stream: async () => Readable.from([body], { objectMode: false }),
    file: async () => path,
  };
  const outcomes = new Map<string, ExpectedOutcome>();
  try {
    const { convert } = (await findConverter(converter)?.load()) ?? {};
    for await (const conversion of convert?.(source, variants) ?? []) {
      outcomes.set(conversion.variant, await outcomeOf(conversion));
    }
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    for (const { name } of variants) {
      if (!outcomes.has(name)) outcomes.set(name, { state: "failed", code: error.code });
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  return outcomes;
}

async function outcomeOf(conversion: Conversion): Promise<ExpectedOutcome> {
  if ("error" in conversion) return { state: "failed", code: conversion.error.code };
  try {
    return { state: "ready", ...(await measure(conversion.output)) };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    return { state: "failed", code: error.code };
  }
}

async function measure({ body }: Output): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of Buffer.isBuffer(body) ? [body] : (body as AsyncIterable<Buffer>)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest("hex"), bytes };
}
