import * as v from "valibot";
import { registry } from "../../converters/registry.ts";
import { convert } from "../../converters/resize.ts";
import { convertOne } from "./convert-all.ts";
import { sourceOf } from "./sources.ts";

/** Options of a variant in a stage file. */
export type Configured = v.InferInput<typeof registry.resize.options>;

/** Options with their defaults. */
export function options(configured: Configured) {
  return v.parse(registry.resize.options, configured);
}

export function resizeOne(filename: string, contents: Buffer, configured: Configured) {
  return convertOne(convert, sourceOf(filename, contents), options(configured));
}
