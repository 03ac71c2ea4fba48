import * as v from "valibot";
import { avif, gif, jpeg, png, tiff, webp, zip } from "../contract/media-types.ts";
import { flag, integer, object, oneOf, text } from "../contract/option-schemas.ts";
import type { ConverterDefinition } from "./converter.ts";
import { geometry } from "./geometry.ts";
import { resizedType } from "./resized-type.ts";

/** The longest side that all output formats support: WebP's limit, https://developers.google.com/speed/webp/faq. */
const maxSide = 16_383;
const side = integer(1, maxSide);
const quality = integer(1, 100);
const hexColour = text(/^#([0-9a-f]{6}|[0-9a-f]{8})$/i, "a colour such as #ffffff or #ffffff00");

const resizeOptions = v.pipe(
  object({
    width: v.optional(side),
    height: v.optional(side),
    fit: v.optional(oneOf(["inside", "cover", "contain", "fill"]), "inside"),
    format: v.optional(oneOf(["jpeg", "png", "webp", "avif"])),
    quality: v.optional(quality),
    enlarge: v.optional(flag, false),
    animated: v.optional(flag, false),
    background: v.optional(hexColour, "#ffffff"),
  }),
  v.check(({ width, height }) => width !== undefined || height !== undefined, "width or height is needed"),
  v.check(
    ({ fit, width, height }) => fit === "inside" || (width !== undefined && height !== undefined),
    "fit cover, contain and fill need both width and height",
  ),
  v.check(
    ({ animated, format }) => !animated || format === undefined || format === "webp",
    "animated needs format webp, or no format to keep the source's",
  ),
);

/** Checks that the schema `options` gives what the converter behind `load` needs. */
function define<Options, Declared>(
  definition: ConverterDefinition<Options, Declared>,
): ConverterDefinition<Options, Declared> {
  return definition;
}

/** All converters. A converter's name is also the name of the file in this folder that exports its `convert`. */
export const registry = {
  resize: define({
    accepts: [jpeg, png, webp, avif, gif, tiff],
    options: resizeOptions,
    outputType: resizedType,
    outputSize: (source, options) => geometry(source, options).canvas,
    memoryMb: 1769,
    // More than four times the slowest measured picture: 12 megapixels of noise to two AVIF variants, 37 s on one core.
    timeoutSeconds: 180,
    batchSize: 1,
    needsSharp: true,
    load: () => import("./resize.ts"),
  }),
  "png-to-jpg": define({
    accepts: [png],
    options: object({
      quality: v.optional(quality, 80),
      background: v.optional(hexColour, "#ffffff"),
      mozjpeg: v.optional(flag, false),
    }),
    outputType: () => jpeg,
    outputSize: (source) => source,
    memoryMb: 1024,
    timeoutSeconds: 120,
    batchSize: 1,
    needsSharp: true,
    load: () => import("./png-to-jpg.ts"),
  }),
  zip: define({
    accepts: "any",
    options: object({ level: v.optional(integer(1, 9), 5) }),
    outputType: () => zip,
    memoryMb: 768,
    timeoutSeconds: 300,
    // At this rate, text at level 9 takes 0.24 to 0.3 of a core by `npm run bench -- --only cost`; this memory gives 0.43.
    mibPerSecond: 8,
    batchSize: 1,
    needsSharp: false,
    load: () => import("./zip.ts"),
  }),
};

/** The name of a converter. */
export type ConverterName = keyof typeof registry;

/** The options of a converter's variant as people declare them: those with a default may be left out. */
export type DeclaredOptions<Name extends ConverterName> = Readonly<
  v.InferInput<(typeof registry)[Name]["options"]>
>;

/** The names of all converters, in the registry's order. */
export const converterNames = Object.keys(registry) as ConverterName[];

/** Returns the definition of the converter `name`, or undefined when there is none. */
export function findConverter(name: string): ConverterDefinition<unknown> | undefined {
  return Object.hasOwn(registry, name)
    ? (registry[name as ConverterName] as unknown as ConverterDefinition<unknown>)
    : undefined;
}
