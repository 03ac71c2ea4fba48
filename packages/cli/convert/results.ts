import { relative } from "node:path";
import { styleText } from "node:util";
import type { Failure } from "@henkan/client";
import { userPath } from "../command.ts";
import { table } from "../text.ts";
import type { ResultVariant, UploadResult } from "../upload/results.ts";

/** One variant of a file. */
export interface ConvertedVariant extends ResultVariant {
  /** Milliseconds from the start of the upload until the API reported the variant as finished. */
  readonly elapsedMs: number;
}

/** The result of one file: an element of `files` in the JSON document. */
export interface ConvertedFile {
  readonly file: string;
  readonly id?: string | undefined;
  readonly variants: readonly ConvertedVariant[];
  /** Why the file could not be converted or its variants could not be saved. */
  readonly error?: Failure;
}

/** @param elapsedMsOf returns the milliseconds that a variant took */
export function convertedFile(
  { file, id, variants, error }: UploadResult,
  elapsedMsOf: (variant: string) => number,
): ConvertedFile {
  if (error) return { file, variants: [], error };
  const timed = variants.map(({ path, ...variant }) => ({
    ...variant,
    elapsedMs: elapsedMsOf(variant.name),
    ...(path !== undefined && { path }),
  }));
  return { file, id, variants: timed };
}

/** Returns true when a variant of the file is missing: only a file with all its variants is converted. */
export function isIncomplete({ error, variants }: ConvertedFile): boolean {
  return error !== undefined || variants.some(({ state }) => state !== "ready");
}

/** Returns the table of the variants that are ready, a line for each failure and the paths of what was saved. */
export function conversionText(results: readonly ConvertedFile[]): string {
  const rows = results.flatMap(({ file, variants }) =>
    variants
      .filter(({ state }) => state === "ready")
      .map(({ name, contentType = "", width, height, bytes = 0, elapsedMs, url = "" }) => [
        file,
        name,
        contentType,
        width && height ? `${width}×${height}` : "",
        bytes,
        elapsedMs,
        url,
      ]),
  );
  const failures = results.flatMap(({ file, error, variants }) => [
    ...(error ? [`${file}: ${error.code}: ${error.message}`] : []),
    ...variants.flatMap(({ name, error }) =>
      error ? [`${file}: ${name}: ${error.code}: ${error.message}`] : [],
    ),
  ]);
  const saved = results.flatMap(({ variants }) => variants.flatMap(({ path }) => path ?? []));
  return [
    ...(rows.length > 0
      ? [table(["file", "variant", "type", "dimensions", "bytes", "ms", "url"], rows)]
      : []),
    ...failures.map((failure) => styleText("red", failure)),
    ...(saved.length > 0 ? ["", ...saved.map((path) => relative(userPath("."), path))] : []),
  ].join("\n");
}
