import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { LocalCloudError } from "../errors.ts";

/** A mistake in the files of a project or a stage. */
export class StageError extends LocalCloudError {
  override readonly name = "StageError";
  override readonly code = "stage";
}

/** A project and one of its stages, read from its files. */
export interface Stage {
  readonly project: string;
  /** Absolute path of the program's main file. */
  readonly main: string;
  /** The configuration as the Pulumi CLI passes it to a program: every value is a string, and objects are JSON. */
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stage>.yaml`. `overrides` replace keys of the stage's file.
 *
 * @throws {StageError} when the stage does not exist (the message lists the stages that do), when a file is not YAML,
 * or when a value is encrypted
 */
export async function readStage(
  projectDirectory: string,
  stage: string,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<Stage> {
  const { name, main = "index.ts" } = await readYaml(projectDirectory, "Pulumi.yaml");
  const stages = await stagesOf(projectDirectory);
  if (!stages.includes(stage)) {
    throw new StageError(
      `There is no stage "${stage}": ${projectDirectory} has no Pulumi.${stage}.yaml. Stages: ${stages.join(", ")}`,
    );
  }
  const file = await readYaml(projectDirectory, `Pulumi.${stage}.yaml`);
  const declared: Record<string, unknown> = file?.config ?? {};
  const config = Object.entries(declared).map(([key, value]) => {
    const full = key.includes(":") ? key : `${name}:${key}`;
    if (full !== key && full in declared) throw new StageError(`${full} is set twice, once as ${key}`);
    return [full, toText(key, value)];
  });
  const overriding = Object.entries(overrides).map(([key, value]) => [key, toText(key, value)]);
  return {
    project: name,
    main: resolve(projectDirectory, main),
    config: Object.fromEntries([...config, ...overriding]),
  };
}

async function readYaml(directory: string, file: string) {
  const text = await readFile(join(directory, file), "utf8");
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new StageError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Returns the names of the stages that a project has files for, in alphabetical order. */
async function stagesOf(projectDirectory: string): Promise<string[]> {
  const files = await readdir(projectDirectory);
  return files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

function toText(key: string, value: unknown): string {
  if (typeof value === "object" && value !== null && "secure" in value) {
    throw new StageError(
      `${key} is encrypted, and the local cloud has no key to decrypt it. Write it in plain text.`,
    );
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
