import type { Readable } from "node:stream";
import type { GenericSchema } from "valibot";
import type { MediaType } from "../contract/media-types.ts";
import type { ConversionError } from "./errors.ts";
import type { Size } from "./geometry.ts";

/** One uploaded file, readable as often as a converter needs. */
export interface Source {
  /** The upload key's last segment, for example `garden.png`: never holds a path separator. */
  readonly filename: string;
  /** The type the upload key's extension stands for; the bytes may turn out to be something else. */
  readonly contentType: string;
  readonly bytes: number;
  /** A fresh stream over the whole file; network errors surface on the stream. */
  stream(): Promise<Readable>;
  /** Path of a local copy, made once on first use and removed by the caller of the converter. */
  file(): Promise<string>;
}

/** A named output with options that have passed the converter's schema, defaults filled in. */
export interface Variant<Options = unknown> {
  readonly name: string;
  readonly options: Options;
}

/** The bytes of one finished variant. */
export interface Output {
  readonly type: MediaType;
  /**
   * A stream when the size is not known beforehand; it must be consumed before the next conversion is awaited. Its
   * chunks are handed over: none may be kept or come twice.
   */
  readonly body: Buffer | Readable;
  /** Pixels, images only. */
  readonly width?: number;
  readonly height?: number;
}

/** What became of one variant: its output, or the permanent error that concerns this variant alone. */
export type Conversion =
  | { readonly variant: string; readonly output: Output }
  | { readonly variant: string; readonly error: ConversionError };

/**
 * Makes the `variants` of `source` from one read and one decode, yielding each as it is finished. It may leave out
 * those that `isWanted` does not name, which exist already; their being asked for again must not change the others:
 * what is made late, after a crash, has the bytes of what is made at once.
 *
 * @throws {ConversionError} when the source itself is at fault: no variant not yet yielded can be made of it.
 * Any other error is transient.
 */
export type Convert<Options> = (
  source: Source,
  variants: readonly Variant<Options>[],
  isWanted?: (variant: string) => boolean,
) => AsyncIterable<Conversion>;

/** What the program must know of a converter to deploy and address it, without loading its code. */
export interface ConverterDefinition<Options = unknown> {
  /** Types whose uploads reach this converter; `"any"` takes every upload. */
  readonly accepts: readonly MediaType[] | "any";
  /** Valibot strict object: what a stage may configure for a variant, with defaults. */
  readonly options: GenericSchema<unknown, Options>;
  /** The type of the output, a pure function of the source's type and the options. */
  outputType(source: MediaType, options: Options): MediaType;
  /** The output's pixels for a source whose upright size is `source`; absent when the output is no picture. */
  outputSize?(source: Size, options: Options): Size;
  readonly memoryMb: number;
  /** Limit for one invocation, that is for a whole batch; more in stages whose largest files take longer. */
  readonly timeoutSeconds: number;
  /** What a variant gets through in a second at its slowest; absent when its time does not grow with the bytes. */
  readonly mibPerSecond?: number;
  /** Messages handed to one invocation at most. A file that ends its function takes the others along, every time. */
  readonly batchSize: number;
  /** Whether the function needs the sharp layer. */
  readonly needsSharp: boolean;
  load(): Promise<{ convert: Convert<Options> }>;
}
