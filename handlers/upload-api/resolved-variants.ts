import * as v from "valibot";
import type { MediaType } from "../../contract/media-types.ts";
import { converterNames, findConverter } from "../../converters/registry.ts";
import { name } from "../environment.ts";

const converter = v.pipe(
  v.string(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const definition = findConverter(value);
    if (definition) return definition;
    addIssue({ message: `Expected a converter (${converterNames.join(", ")}) but received "${value}"` });
    return NEVER;
  }),
);

/** The schema of a stage's declared variants. It replaces the name of each converter by the converter's definition. */
export const resolvedVariants = v.array(
  v.strictObject({ name, converter, options: v.record(v.string(), v.unknown()) }),
);

/** A declared variant with its converter's definition. */
export type ResolvedVariant = v.InferOutput<typeof resolvedVariants>[number];

/** Returns true when uploads of this content type reach the variant's converter. */
export function accepts({ converter }: ResolvedVariant, contentType: string): boolean {
  return converter.accepts === "any" || converter.accepts.some((type) => type.contentType === contentType);
}

/** Returns the content types that converters of the variants accept by name, each once. */
export function acceptedTypes(variants: readonly ResolvedVariant[]): string[] {
  const types = variants.flatMap(({ converter: { accepts } }): readonly MediaType[] =>
    accepts === "any" ? [] : accepts,
  );
  return [...new Set(types.map(({ contentType }) => contentType))];
}
