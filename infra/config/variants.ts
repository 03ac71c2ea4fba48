import * as v from "valibot";
import type { DeclaredVariant } from "../../contract/variant.ts";
import type { ConverterDefinition } from "../../converters/converter.ts";
import {
  type ConverterName,
  converterNames,
  type DeclaredOptions,
  findConverter,
  registry,
} from "../../converters/registry.ts";
import { mistakesOf } from "./mistakes.ts";

/** A variant as a stage file or a program declares it: a converter and the options of that converter. */
export type VariantDeclaration = {
  [Name in ConverterName]: { readonly converter: Name } & DeclaredOptions<Name>;
}[ConverterName];

/** The declared variants by name. */
export type VariantDeclarations = Readonly<Record<string, VariantDeclaration>>;

/** A converter that has variants in this stage. */
export interface DeclaredConverter {
  readonly name: string;
  readonly definition: Omit<ConverterDefinition, "options" | "outputType" | "load">;
  readonly variants: readonly Omit<DeclaredVariant, "converter">[];
}

/** The variants of a pipeline that declares none. */
export const defaultVariants = {
  thumbnail: { converter: "resize", width: 300, height: 300, fit: "inside" },
  jpg: { converter: "png-to-jpg" },
  archive: { converter: "zip" },
} satisfies VariantDeclarations;

/**
 * The bytes of JSON that fit next to the other variables of a function:
 * Lambda allows 4096 in all, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
 */
const maxEnvironmentBytes = 3_584;
const namePattern = /^[a-z0-9-]{1,64}$/;

/**
 * Returns the valid ones of the declared variants, and appends the mistakes in the others to `mistakes`.
 *
 * @param key the prefix of the setting's name in messages
 */
export function parseVariants(declared: unknown, mistakes: string[], key: string): DeclaredVariant[] {
  const at = `${key}variants`;
  if (typeof declared !== "object" || declared === null || Array.isArray(declared)) {
    mistakes.push(`${at}: expected an object of variants by name, received ${JSON.stringify(declared)}`);
    return [];
  }
  const variants = Object.entries(declared).flatMap(([name, value]) =>
    parseVariant(`${at}.${name}`, name, value, mistakes),
  );
  if (Object.keys(declared).length === 0) mistakes.push(`${at}: expected at least one variant, received {}`);
  const bytes = Buffer.byteLength(JSON.stringify(variants));
  if (bytes > maxEnvironmentBytes) {
    mistakes.push(
      `${at}: ${variants.length} variants take ${bytes} bytes of a function's environment; at most ${maxEnvironmentBytes} fit`,
    );
  }
  return variants;
}

function parseVariant(at: string, name: string, value: unknown, mistakes: string[]): DeclaredVariant[] {
  if (!namePattern.test(name)) {
    mistakes.push(`${at}: expected a name of 1 to 64 of a-z, 0-9 and -, received ${JSON.stringify(name)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    mistakes.push(`${at}: expected an object with a converter, received ${JSON.stringify(value)}`);
    return [];
  }
  const { converter, ...options }: { converter?: unknown } = value;
  const definition = typeof converter === "string" ? findConverter(converter) : undefined;
  if (typeof converter !== "string" || !definition) {
    const received =
      converter === undefined ? "is missing" : `${JSON.stringify(converter)} is not a converter`;
    mistakes.push(`${at}.converter: ${received}; allowed: ${converterNames.join(", ")}`);
    return [];
  }
  const parsed = v.safeParse(definition.options, options);
  if (parsed.success) return [{ name, converter, options: parsed.output }];
  mistakes.push(...mistakesOf(definition.options, options, { key: at, owner: converter }));
  return [];
}

/** Returns the converters that have at least one variant, in the registry's order. */
export function groupByConverter(variants: readonly DeclaredVariant[]): DeclaredConverter[] {
  return converterNames
    .map((name) => ({
      name,
      definition: registry[name],
      variants: variants
        .filter(({ converter }) => converter === name)
        .map(({ name, options }) => ({ name, options })),
    }))
    .filter((converter) => converter.variants.length > 0);
}
