import { settingsHash } from "../../../contract/settings-hash.ts";
import type { DeclaredVariant } from "../../../contract/variant.ts";
import { findConverter } from "../../../converters/registry.ts";
import { UsageError } from "../command.ts";

/** A variant as the stage declares it at present. */
export interface StageVariant extends DeclaredVariant {
  /** The hash of the present options, which a receipt contains; see `settingsHash`. */
  readonly settings: string;
}

/** The variants of a stage, and which of them are to be made. */
export interface StageVariants {
  readonly all: readonly StageVariant[];
  readonly wanted: readonly StageVariant[];
}

/**
 * @param names of the wanted variants; all of them when empty
 * @throws {UsageError} for a variant the stage does not declare, and for a converter this checkout does not know
 */
export function stageVariants(
  stage: string,
  declared: readonly DeclaredVariant[],
  names: readonly string[],
): StageVariants {
  const all = declared.map(({ name, converter, options }) => {
    if (!findConverter(converter)) {
      throw new UsageError(
        `Stage ${stage} has a converter "${converter}" that this checkout does not know. ` +
          "Run the command from the version that is deployed",
      );
    }
    return { name, converter, options, settings: settingsHash(converter, options) };
  });
  const unknown = names.filter((name) => !all.some((variant) => variant.name === name));
  if (unknown.length > 0) {
    throw new UsageError(
      `Stage ${stage} declares no variant ${unknown.map((name) => `"${name}"`).join(" or ")}. ` +
        `Its variants: ${all.map(({ name }) => name).join(", ")}`,
    );
  }
  return { all, wanted: names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all };
}
