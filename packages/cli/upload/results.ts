import { styleText } from "node:util";
import type { Failure } from "@henkan/client";
import { bytesText, printable } from "@henkan/client/text";
import type { UploadState, VariantStatus } from "../../../contract/upload-api.ts";
import { table } from "../text.ts";

/** A variant, with the path at which it was saved. */
export interface ResultVariant extends VariantStatus {
  readonly path?: string;
}

/** The result of one file: with --json a line of output. */
export interface UploadResult {
  readonly file: string;
  /** Known once the file has arrived. */
  readonly id?: string;
  readonly bytes?: number;
  /** True when this run sent it; false when it had arrived before, or has not arrived. */
  readonly sent: boolean;
  /** The state of its variants; absent when the file has not arrived. */
  readonly state?: UploadState;
  readonly variants: readonly ResultVariant[];
  /** Why the file has not arrived, was not converted in time or could not be saved. */
  readonly error?: Failure;
}

export function isFailed({ error, variants }: UploadResult): boolean {
  return error !== undefined || variants.some(({ state }) => state === "failed");
}

/** Returns the lines that are printed for people when a file is done. */
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

/** Returns one line of JSON for scripts, its members in the order of the interface. */
export function resultJson({ file, id, bytes, sent, state, variants, error }: UploadResult): string {
  return JSON.stringify({ file, id, bytes, sent, state, variants, error });
}

/** Returns the table of uploads with their ids, for a run that does not wait for variants. */
export function uploadTable(arrived: readonly UploadResult[]): string {
  const rows = arrived.map(({ file, id = "", bytes = 0, state = "" }) => [printable(file), id, bytes, state]);
  return table(["file", "id", "bytes", "state"], rows);
}

/** Returns the table of the variants that are ready, for a run that waits for them. */
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

/** Returns the cells of a variant: name, type, dimensions, bytes. */
export function variantCells({ name, contentType = "", width, height, bytes = 0 }: VariantStatus) {
  return [name, contentType, width && height ? `${width}×${height}` : "", bytes];
}
