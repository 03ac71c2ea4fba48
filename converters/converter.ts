import type { Readable } from "node:stream";
import type { GenericSchema } from "valibot";
import type { MediaType } from "../contract/media-types.ts";
import type { ConversionError } from "./errors.ts";
import type { Size } from "./size.ts";

/**
 * One uploaded file. A converter may read it as often as it needs.
 *
 * @example
 * ```ts
 * const stream = await source.stream(); // to read the file once, from start to end
 * const path = await source.file(); // for libraries that need a path, or read the file several times
 * ```
 */
export interface Source {
  /** The upload key's last segment, for example `garden.png`. It never contains a path separator. */
  readonly filename: string;
  /** The content type of the filename's extension. The bytes may be something else. */
  readonly contentType: string;
  readonly bytes: number;
  /** Returns a new stream over the whole file. Network errors destroy the stream. */
  stream(): Promise<Readable>;
  /** Returns the path of a local copy. The first call makes the copy; the caller of the converter removes it. */
  file(): Promise<string>;
}

/**
 * A named output that a stage declares. The options have passed the converter's schema, so defaults are filled in.
 *
 * @example
 * ```ts
 * const thumbnail: Variant<{ quality: number }> = { name: "thumbnail", options: { quality: 80 } };
 * ```
 */
export interface Variant<Options = unknown> {
  readonly name: string;
  readonly options: Options;
}

/**
 * The bytes of one finished variant.
 *
 * @example
 * ```ts
 * const output: Output = { type: jpeg, body: buffer, width: 300, height: 200 };
 * ```
 */
export interface Output {
  readonly type: MediaType;
  /**
   * A buffer, or a stream when the size is not known in advance. The caller consumes a stream before it asks for the next
   * conversion, and releases each chunk's memory: the stream must not keep a chunk, nor yield it twice.
   */
  readonly body: Buffer | Readable;
  /** Pixels, pictures only. */
  readonly width?: number;
  readonly height?: number;
}

/** The result for one variant: its output, or a permanent error that concerns this variant alone. */
export type Conversion =
  | { readonly variant: string; readonly output: Output }
  | { readonly variant: string; readonly error: ConversionError };

/**
 * A converter: makes the `variants` of `source` from one read and one decode, and yields each as soon as it is finished.
 *
 * It may leave out the variants that `isWanted` does not name, because their outputs exist already. The outputs of the
 * others must not depend on that: a variant that is made later, after a crash, has the same bytes.
 *
 * @throws {ConversionError} when the source itself is at fault, so that none of the remaining variants can be made.
 * Any other error is transient: the message goes back to the queue.
 * @example
 * ```ts
 * export const convert: Convert<GrayscaleOptions> = async function* (source, variants) {
 *   const picture = await openPicture(source, maxHeldBytes);
 *   for (const { name, options } of variants) {
 *     const grey = encodeAs(jpeg, picture.decode().grayscale(), options.quality);
 *     yield { variant: name, output: await toOutput(picture.type, jpeg, grey) };
 *   }
 * };
 * ```
 */
export type Convert<Options> = (
  source: Source,
  variants: readonly Variant<Options>[],
  isWanted?: (variant: string) => boolean,
) => AsyncIterable<Conversion>;

/**
 * A converter's entry in the registry: the facts that the program needs to deploy and address it, without its code.
 *
 * @example
 * ```ts
 * grayscale: define({
 *   accepts: [jpeg, png, webp],
 *   options: object({ quality: v.optional(quality) }),
 *   outputType: () => jpeg,
 *   outputSize: (source) => source,
 *   memoryMb: 1024,
 *   timeoutSeconds: 60,
 *   batchSize: 1,
 *   needsSharp: true,
 *   load: () => import("./grayscale.ts"),
 * }),
 * ```
 */
export interface ConverterDefinition<Options = unknown, Declared = unknown> {
  /** The types whose uploads reach this converter; `"any"` accepts every upload. */
  readonly accepts: readonly MediaType[] | "any";
  /** The schema of a variant's options in a stage file, with their defaults. It refuses unknown options. */
  readonly options: GenericSchema<Declared, Options>;
  /** Returns the type of the output. It depends on nothing else, because it decides the output's URL in advance. */
  outputType(source: MediaType, options: Options): MediaType;
  /**
   * Returns the output's size for an upright source of the size `source`.
   *
   * @default absent: the output is not a picture
   */
  outputSize?(source: Size, options: Options): Size;
  /** The memory of the function, in MB as Lambda counts them. Its share of CPU grows with it. */
  readonly memoryMb: number;
  /** The limit for one invocation, so for a whole batch. Stages whose largest files take longer raise it. */
  readonly timeoutSeconds: number;
  /**
   * The slowest rate at which the converter makes one variant, in MiB of the source per second.
   *
   * @default absent: the time does not grow with the source's bytes
   */
  readonly mibPerSecond?: number;
  /** The most messages that one invocation gets. A file that crashes the function makes the whole batch come back. */
  readonly batchSize: number;
  /** True when the function needs the sharp layer. */
  readonly needsSharp: boolean;
  /** Loads the converter's file, named after the converter. */
  load(): Promise<{ convert: Convert<Options> }>;
}
