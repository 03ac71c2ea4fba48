import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";
import type { DeclaredVariant } from "../../contract/variant.ts";
import type { FileConversionPipelineArgs } from "../file-conversion-pipeline-args.ts";
import { tooSlowFor, withTimeFor } from "./large-uploads.ts";
import { mistakesOf } from "./mistakes.ts";
import { notifyMistakes } from "./notify.ts";
import { account, pipelineName, type Settings, settingsSchema } from "./settings.ts";
import { type DeclaredConverter, defaultVariants, groupByConverter, parseVariants } from "./variants.ts";

/** The settings of a pipeline, checked and with their defaults. */
export interface PipelineConfig extends Omit<Settings, "variants"> {
  readonly accountId: string;
  readonly region: string;
  readonly variants: readonly DeclaredVariant[];
  /** The converters that have at least one variant. */
  readonly converters: readonly DeclaredConverter[];
}

/** Mistakes in a stage file or in arguments. Because it is a `RunError`, Pulumi prints its message without a stack. */
export class ConfigError extends pulumi.RunError {
  override readonly name = "ConfigError";
  /** Lets the commands print it without a stack too. */
  readonly printWithoutStack = true;
  readonly mistakes: readonly string[];

  /** @param source the name of the place with the mistakes, such as `Pulumi.dev.yaml` */
  constructor(source: string, mistakes: readonly string[]) {
    super([`${source} has mistakes:`, ...mistakes].join("\n  "));
    this.mistakes = mistakes;
  }
}

/**
 * Returns the mistakes in settings, one line each.
 *
 * @param key the prefix of each setting's name in messages: `henkan:` in a stage file, empty for arguments
 * @param accountId the account's id; undefined when it is itself a mistake
 */
export function settingsMistakes(given: object, key: string, accountId: string | undefined): string[] {
  const schema = settingsSchema(key);
  const mistakes = mistakesOf(schema, given, {
    key,
    owner: key === "" ? "FileConversionPipeline" : "henkan",
  });
  const variants = parseVariants(declaredVariants(given), mistakes, key);
  if (mistakes.length > 0) return mistakes;
  const { notify, maxUploadMiB } = v.parse(schema, given);
  const inNotify = notifyMistakes(notify, variants, accountId, key);
  if (inNotify.length > 0 || accountId === undefined) return inNotify;
  return tooSlowFor(maxUploadMiB, groupByConverter(variants), key);
}

/**
 * Checks the arguments of the pipeline `name` and fills in the defaults.
 *
 * @throws {ConfigError} listing every mistake, each with the argument's name, the value and what is allowed
 */
export function pipelineConfig(name: string, args: FileConversionPipelineArgs): PipelineConfig {
  // Programs in JavaScript can omit the arguments.
  const { accountId, region, ...given }: Partial<FileConversionPipelineArgs> = args ?? {};
  const owner = { accountId, region };
  const inAccount = mistakesOf(account, owner, { key: "", owner: "FileConversionPipeline" });
  const mistakes = [
    ...mistakesOf(v.object({ name: pipelineName }), { name }, { key: "", owner: "FileConversionPipeline" }),
    ...inAccount,
    ...settingsMistakes(given, "", inAccount.length > 0 ? undefined : accountId),
  ];
  if (mistakes.length > 0) throw new ConfigError(`FileConversionPipeline "${name}"`, mistakes);
  const settings = v.parse(settingsSchema(""), given);
  const variants = parseVariants(declaredVariants(given), [], "");
  const converters = groupByConverter(variants);
  return {
    ...settings,
    ...owner,
    variants,
    converters: converters.map((converter) => withTimeFor(converter, settings.maxUploadMiB)),
  };
}

function declaredVariants(given: object): unknown {
  return "variants" in given && given.variants !== undefined ? given.variants : defaultVariants;
}
