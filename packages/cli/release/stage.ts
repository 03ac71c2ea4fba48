import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { UsageError } from "../command.ts";

/** The part of a stage's file that is needed before the first request to AWS. */
export interface ReleaseStage {
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  /** Settings that still name an example domain, as `path: value`. */
  readonly examples: readonly string[];
  /** True when `henkan:protect` is set. */
  readonly isProtected: boolean;
  /** The provider of the key for the stack's secrets, when the stage file names one. */
  readonly secretsProvider: string | undefined;
}

/** A domain that is reserved for examples, https://www.rfc-editor.org/rfc/rfc2606#section-3, or one below it. */
const exampleDomain = /(?<![\w-])example\.(?:com|net|org)(?!\.?[\w-])/i;

/** The account ids in the repository's stage files. */
const placeholders = ["111111111111", "222222222222", "333333333333"];

/**
 * Reads `Pulumi.<stage>.yaml` as far as a release needs it. It does not read secrets.
 *
 * @throws {UsageError} for a stage that does not exist, with the names of those that do
 */
export async function readReleaseStage(
  projectDirectory: string,
  [name, ...others]: readonly string[],
): Promise<ReleaseStage> {
  const stages = await stagesOf(projectDirectory);
  const known = `Stages: ${stages.join(", ")}`;
  if (name === undefined) throw new UsageError(`Name the stage. ${known}`);
  if (others.length > 0) throw new UsageError(`Name one stage, not ${[name, ...others].join(" and ")}`);
  if (!stages.includes(name)) throw new UsageError(`There is no stage "${name}". ${known}`);

  const file = `Pulumi.${name}.yaml`;
  const { config = {}, secretsprovider } = parse(await readFile(join(projectDirectory, file), "utf8")) ?? {};
  const region: unknown = config["aws:region"];
  const accountId: unknown = config["aws:allowedAccountIds"]?.[0];
  if (typeof region !== "string" || typeof accountId !== "string") {
    throw new UsageError(`${file} needs aws:region and, in quotes, one id in aws:allowedAccountIds`);
  }
  return {
    name,
    region,
    accountId,
    examples: examplesIn(config),
    isProtected: config["henkan:protect"] === true,
    secretsProvider: secretsprovider,
  };
}

/** @throws {UsageError} when the stage's account id is still a placeholder */
export function requireAccountId({ name, accountId }: ReleaseStage): void {
  if (!placeholders.includes(accountId)) return;
  throw new UsageError(`Pulumi.${name}.yaml still has the placeholder ${accountId} for its account. Look up the account's id

  aws sts get-caller-identity --query Account --output text

and write it into Pulumi.${name}.yaml, in quotes:

  aws:allowedAccountIds: ["YOUR_ACCOUNT_ID"]`);
}

/** @throws {UsageError} when the stage file still has example values, with the path of each */
export function requireOwnValues({ name, examples }: ReleaseStage): void {
  if (examples.length === 0) return;
  throw new UsageError(`Pulumi.${name}.yaml still has example values. Write your own into it:

${examples.map((example) => `  ${example}`).join("\n")}`);
}

function examplesIn(value: unknown, path = ""): string[] {
  if (typeof value === "string") return exampleDomain.test(value) ? [`${path}: ${value}`] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => examplesIn(item, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    examplesIn(item, path === "" ? key : `${path}.${key}`),
  );
}

async function stagesOf(projectDirectory: string): Promise<string[]> {
  const files = await readdir(projectDirectory);
  return files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}
