import type { PermanentErrorCode } from "../../contract/error-codes.ts";

/** Three numbers from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/**
 * What may become of a file: `ready`, one permanent code, or, where it depends on which byte was hit, `any` of them.
 * That it is one of them, within time and memory, is what the corpus is about.
 */
export type Expectation = "ready" | "any" | PermanentErrorCode;

/** One file of the corpus, made anew each time it is asked for. */
export interface HostileFile {
  readonly kind: string;
  /** Unique within its kind. */
  readonly name: string;
  /** Name under which the upload API stores the file; the extension selects the converters. */
  readonly filename: string;
  /** Outcome that the image converters must produce. */
  readonly expected: Expectation;
  /** The colours that a sound picture shows in the middle of its quadrants: left to right, then down. */
  readonly quadrants?: readonly Colour[];
  /** Seconds or hundreds of megabytes: not for the test run. */
  readonly heavy?: boolean;
  contents(): Buffer | Promise<Buffer>;
}

/** How a file is named on the command line and in reports. */
export function idOf({ kind, name }: Pick<HostileFile, "kind" | "name">): string {
  return `${kind}/${name}`;
}
