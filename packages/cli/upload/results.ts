import { styleText } from "node:util";
import type { Failure } from "@henkan/client";
import { bytesText, printable } from "@henkan/client/text";
import type { UploadState, VariantStatus } from "../../../contract/upload-api.ts";
import { table } from "../text.ts";

/** A variant, and where it was saved. */
export interface ResultVariant extends VariantStatus {
  readonly path?: string;
}

/** What became of one file: with --json a line of output. */
export interface UploadResult {
  readonly file: string;
  /** Once it has arrived. */
  readonly id?: string;
  readonly bytes?: number;
  /** Whether this run sent it; false when it had arrived before, or has not arrived. */
  readonly sent: boolean;
  /** What is known of its variants; absent when it has not arrived. */
  readonly state?: UploadState;
  readonly variants: readonly ResultVariant[];
  /** Why it has not arrived, was not converted in time or could not be saved. */
  readonly error?: Failure;
}

export function isFailed({ error, variants }: UploadResult): boolean {
  return error !== undefined || variants.some(({ state }) => state === "failed");
}

/** For people, as soon as a file is done. */
export function resultLines({ file, id, bytes = 0, sent, error, variants }: UploadResult): string[] {
  const arrival = sent ? `sent, ${bytesText(bytes)}` : "was there already";
  const failures = [
    ...(error ? [`${file}: ${error.code}: ${error.message}`] : []),
    ...variants.flatMap(({ name, error }) =>
      error ? [`${file}: ${name}: ${error.code}: ${error.message}`] : [],
    ),
  ];
  return [
    ...(id === undefined ? [] : [printable(`${file}: ${arrival}`)]),
    ...failures.map((failure) => styleText("red", printable(failure))),
  ];
}

/** For scripts: one line, its members in the order of the interface. */
export function resultJson({ file, id, bytes, sent, state, variants, error }: UploadResult): string {
  return JSON.stringify({ file, id, bytes, sent, state, variants, error });
}

/** For people who do not wait: the uploads' ids. */
export function uploadTable(arrived: readonly UploadResult[]): string {
  const rows = arrived.map(({ file, id = "", bytes = 0, state = "" }) => [printable(file), id, bytes, state]);
  return table(["file", "id", "bytes", "state"], rows);
}

/** For people who do: the variants that are ready. */
export function variantTable(arrived: readonly UploadResult[]): string {
  const rows = arrived.flatMap(({ file, variants }) =>
    variants
      .filter(({ state }) => state === "ready")
      .map((variant) => [
        printable(file),
        ...variantCells(variant),
        printable(variant.path ?? variant.url ?? ""),
      ]),
  );
  return table(["file", "variant", "type", "dimensions", "bytes", "where"], rows);
}

export function variantCells({ name, contentType = "", width, height, bytes = 0 }: VariantStatus) {
  return [name, contentType, width && height ? `${width}×${height}` : "", bytes];
}
