import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";
import { tooSlowFor, withTimeFor } from "./config/large-uploads.ts";
import { notifyProblems } from "./config/notify.ts";
import { problemsOf } from "./config/problems.ts";
import { provider, type Settings, settings } from "./config/settings.ts";
import {
  type DeclaredConverter,
  type DeclaredVariant,
  defaultVariants,
  groupByConverter,
  parseVariants,
} from "./config/variants.ts";

/** A stage, reduced to what the program needs to know of it. */
export interface StageConfig extends Omit<Settings, "variants"> {
  readonly accountId: string;
  readonly region: string;
  readonly variants: readonly DeclaredVariant[];
  /** The converters that have at least one variant here. */
  readonly converters: readonly DeclaredConverter[];
}

/** Mistakes in a stage file. Being a `RunError`, Pulumi prints its message without a stack. */
export class ConfigError extends pulumi.RunError {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super([`Pulumi.${pulumi.getStack()}.yaml has mistakes:`, ...problems].join("\n  "));
    this.problems = problems;
  }
}

/**
 * Reads the stage's configuration.
 *
 * @throws {ConfigError} listing every mistake, each with its key, the value and what is allowed
 */
export function readConfig(): StageConfig {
  const henkan = readNamespace("henkan");
  const aws = readNamespace("aws");
  const problems = [
    ...unknownNamespaces(),
    ...problemsOf(provider, aws, { key: "aws:", owner: "aws" }),
    ...problemsOf(settings, henkan, { key: "henkan:", owner: "henkan" }),
  ];
  const variants = parseVariants("variants" in henkan ? henkan.variants : defaultVariants, problems);
  if (problems.length === 0) {
    const { allowedAccountIds } = v.parse(provider, aws);
    problems.push(...notifyProblems(v.parse(settings, henkan).notify, variants, allowedAccountIds[0]));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const { region, allowedAccountIds } = v.parse(provider, aws);
  const parsed = v.parse(settings, henkan);
  const { maxUploadMiB } = parsed;
  const converters = groupByConverter(variants);
  const tooSlow = tooSlowFor(maxUploadMiB, converters);
  if (tooSlow.length > 0) throw new ConfigError(tooSlow);
  return {
    ...parsed,
    accountId: allowedAccountIds[0],
    region,
    variants,
    converters: converters.map((converter) => withTimeFor(converter, maxUploadMiB)),
  };
}

/** Whose keys a stage file may hold: the program's, its provider's and Pulumi's own. */
const namespaces = ["henkan", "aws", "pulumi"];

function unknownNamespaces(): string[] {
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => !namespaces.includes(key.split(":", 1)[0] ?? ""))
    .map(
      (key) => `${key}: unknown namespace; allowed are ${namespaces.map((name) => `${name}:`).join(", ")}`,
    );
}

/** A namespace's keys without their prefix; the CLI hands objects, numbers and booleans over as JSON. */
function readNamespace(namespace: string): Record<string, unknown> {
  const prefix = `${namespace}:`;
  const entries = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(prefix.length), parseValue(value)]));
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
