import * as v from "valibot";
import { registry } from "../../converters/registry.ts";
import { convert } from "../../converters/resize.ts";
import { convertOne } from "./convert-all.ts";
import { sourceOf } from "./sources.ts";

/** Options as a stage writes them. */
export type Configured = v.InferInput<typeof registry.resize.options>;

/** With defaults filled in. */
export function options(configured: Configured) {
  return v.parse(registry.resize.options, configured);
}

export function resizeOne(filename: string, contents: Buffer, configured: Configured) {
  return convertOne(convert, sourceOf(filename, contents), options(configured));
}
