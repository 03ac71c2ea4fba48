import { avif, gif, jpeg, png, tiff, webp, zip } from "../contract/media-types.ts";
import type { ConverterDefinition } from "./converter.ts";
import { geometry } from "./geometry.ts";
import { pngToJpgOptions, resizeOptions, zipOptions } from "./options.ts";
import { resizedType } from "./resized-type.ts";

/** Keeps the options' type between `options`, `outputType` and `load`, and forgets it for the list. */
function define<Options>(definition: ConverterDefinition<Options>): ConverterDefinition<Options> {
  return definition;
}

/** Every converter there is. The name is also the file in this folder that exports its `convert`. */
export const registry = {
  resize: define({
    accepts: [jpeg, png, webp, avif, gif, tiff],
    options: resizeOptions,
    outputType: resizedType,
    outputSize: (source, options) => geometry(source, options).canvas,
    memoryMb: 1769,
    // Twice what the slowest picture measured: 12 megapixels of noise to two AVIF variants, 37 s on a whole core.
    timeoutSeconds: 180,
    batchSize: 1,
    needsSharp: true,
    load: () => import("./resize.ts"),
  }),
  "png-to-jpg": define({
    accepts: [png],
    options: pngToJpgOptions,
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
    options: zipOptions,
    outputType: () => zip,
    memoryMb: 768,
    timeoutSeconds: 300,
    // Text at level 9 takes 0.24 to 0.3 of a core for it by `npm run bench -- --only cost`; this memory buys 0.43.
    mibPerSecond: 8,
    batchSize: 1,
    needsSharp: false,
    load: () => import("./zip.ts"),
  }),
};

export type ConverterName = keyof typeof registry;
export const converterNames = Object.keys(registry) as ConverterName[];

/** The definition under `name`, or undefined when there is no such converter. */
export function findConverter(name: string): ConverterDefinition<unknown> | undefined {
  return Object.hasOwn(registry, name)
    ? (registry[name as ConverterName] as unknown as ConverterDefinition<unknown>)
    : undefined;
}
