import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { UsageError } from "../command.ts";

/** What has to be known of a stage before anything is asked of AWS. */
export interface ReleaseStage {
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  /** Whether `henkan:protect` is set. */
  readonly isProtected: boolean;
  /** Where Pulumi keeps the key of the stack's secrets, when the stage file says so. */
  readonly secretsProvider: string | undefined;
}

/** The ids the repository's stage files come with. */
const placeholders = ["111111111111", "222222222222", "333333333333"];

/**
 * Reads `Pulumi.<stage>.yaml` as far as a release needs it; secrets in it are left alone.
 *
 * @throws {UsageError} for a stage that does not exist, naming those that do
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
    isProtected: config["henkan:protect"] === true,
    secretsProvider: secretsprovider,
  };
}

/** @throws {UsageError} when nobody has set the stage's account id yet */
export function requireAccountId({ name, accountId }: ReleaseStage): void {
  if (!placeholders.includes(accountId)) return;
  throw new UsageError(`Pulumi.${name}.yaml still has the placeholder ${accountId} for its account. Set the account's id:

  aws sts get-caller-identity --query Account --output text
  npx pulumi config set --stack ${name} --path 'aws:allowedAccountIds[0]' --type string YOUR_ACCOUNT_ID`);
}

async function stagesOf(projectDirectory: string): Promise<string[]> {
  const files = await readdir(projectDirectory);
  return files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}
