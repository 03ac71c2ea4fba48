import { STSClient } from "@aws-sdk/client-sts";
import { projectDirectory } from "@henkan/build/directories";
import { checkAccount } from "./account.ts";
import { type ReleaseStage, readReleaseStage, requireAccountId, requireOwnValues } from "./stage.ts";

/**
 * The stage the command names, with credentials of its account at hand.
 *
 * @throws {UsageError | ReleaseError} before anything is changed
 */
export async function checkedStage(positionals: readonly string[]): Promise<ReleaseStage> {
  const stage = await readReleaseStage(projectDirectory, positionals);
  requireAccountId(stage);
  await checkAccount(new STSClient({ region: stage.region }), stage);
  return stage;
}

/**
 * The same for a stage that is to be deployed, whose file must have no example values left.
 *
 * @throws {UsageError | ReleaseError} before anything is changed
 */
export async function deployableStage(positionals: readonly string[]): Promise<ReleaseStage> {
  const stage = await readReleaseStage(projectDirectory, positionals);
  requireAccountId(stage);
  requireOwnValues(stage);
  await checkAccount(new STSClient({ region: stage.region }), stage);
  return stage;
}
