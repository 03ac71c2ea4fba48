import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";
import { mistakesOf } from "./config/mistakes.ts";
import { ConfigError, settingsMistakes } from "./config/pipeline-config.ts";
import { provider, settingsSchema } from "./config/settings.ts";
import type { FileConversionPipelineArgs } from "./file-conversion-pipeline-args.ts";

/**
 * Reads the stage file into the arguments of a pipeline.
 *
 * @throws {ConfigError} listing every mistake, each with its key, the value and what is allowed
 */
export function readConfig(): FileConversionPipelineArgs {
  const henkan = readNamespace("henkan");
  const aws = v.safeParse(provider, readNamespace("aws"));
  const mistakes = [
    ...unknownNamespaces(),
    ...mistakesOf(provider, readNamespace("aws"), { key: "aws:", owner: "aws" }),
  ];
  const accountId = aws.success && mistakes.length === 0 ? aws.output.allowedAccountIds[0] : undefined;
  mistakes.push(...settingsMistakes(henkan, "henkan:", accountId));
  if (!aws.success || mistakes.length > 0) {
    throw new ConfigError(`Pulumi.${pulumi.getStack()}.yaml`, mistakes);
  }
  const { region, allowedAccountIds } = aws.output;
  return { ...v.parse(settingsSchema("henkan:"), henkan), accountId: allowedAccountIds[0], region };
}

/** The namespaces of a stage file: the program's, its provider's and Pulumi's own. */
const namespaces = ["henkan", "aws", "pulumi"];

function unknownNamespaces(): string[] {
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => !namespaces.includes(key.split(":", 1)[0] ?? ""))
    .map(
      (key) => `${key}: unknown namespace; allowed are ${namespaces.map((name) => `${name}:`).join(", ")}`,
    );
}

/** Returns a namespace's values by key without its prefix. The CLI passes objects, numbers and booleans as JSON. */
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
