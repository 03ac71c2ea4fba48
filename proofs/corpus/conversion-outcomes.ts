import type { Convert, Output, Source, Variant } from "../../converters/converter.ts";
import { ConversionError } from "../../converters/errors.ts";
import type { VariantOutcome } from "./messages.ts";

/** The outcomes in the converter's order, and the error that the converter threw, if it was not a permanent one. */
export interface Outcomes {
  readonly outcomes: readonly VariantOutcome[];
  readonly unclassified?: string;
}

/**
 * Runs one conversion and returns every outcome, even two of the same variant. `store` returns the path of an output. As
 * in the functions, a thrown permanent error is the outcome of each variant that has none yet.
 */
export async function conversionOutcomes<Options>(
  convert: Convert<Options>,
  source: Source,
  variants: readonly Variant<Options>[],
  store: (variant: string, output: Output) => Promise<string>,
): Promise<Outcomes> {
  const outcomes: VariantOutcome[] = [];
  const fail = (variant: string, { code, message }: ConversionError) =>
    outcomes.push({ variant, state: "failed", code, message });
  try {
    for await (const conversion of convert(source, variants)) {
      const { variant } = conversion;
      if ("error" in conversion) {
        fail(variant, conversion.error);
        continue;
      }
      const { type, width, height } = conversion.output;
      const path = await store(variant, conversion.output);
      outcomes.push({ variant, state: "ready", path, contentType: type.contentType, width, height });
    }
  } catch (error) {
    if (!(error instanceof ConversionError)) {
      return { outcomes, unclassified: error instanceof Error ? error.message : String(error) };
    }
    const settled = new Set(outcomes.map(({ variant }) => variant));
    for (const { name } of variants) if (!settled.has(name)) fail(name, error);
  }
  return { outcomes };
}
