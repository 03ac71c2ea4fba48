import type { PermanentErrorCode } from "../../contract/error-codes.ts";

/** Three numbers from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/**
 * The outcome that a file must have: `ready`, a permanent code, or `any` of these where it depends on the byte that was
 * changed.
 */
export type Expectation = "ready" | "any" | PermanentErrorCode;

/** One file of the corpus. `contents` makes it again at each call. */
export interface HostileFile {
  readonly kind: string;
  /** Unique within its kind. */
  readonly name: string;
  /** Name under which the upload API stores the file; the extension selects the converters. */
  readonly filename: string;
  /** Outcome that the image converters must produce. */
  readonly expected: Expectation;
  /** The colours that an intact picture shows in the middle of its quadrants: left to right, then down. */
  readonly quadrants?: readonly Colour[];
  /** True for a file that takes seconds or hundreds of megabytes, which the tests leave out. */
  readonly heavy?: boolean;
  contents(): Buffer | Promise<Buffer>;
}

/** Returns the name of a file on the command line and in reports. */
export function idOf({ kind, name }: Pick<HostileFile, "kind" | "name">): string {
  return `${kind}/${name}`;
}
