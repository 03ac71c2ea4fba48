import { STSClient } from "@aws-sdk/client-sts";
import { projectDirectory } from "@henkan/build/directories";
import { checkAccount } from "./account.ts";
import { type ReleaseStage, readReleaseStage, requireAccountId, requireOwnValues } from "./stage.ts";

/**
 * Returns the stage that the command names, after checking that the credentials are for its account.
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
 * Returns the stage to deploy, after the checks of `checkedStage` and one more: no example values are left in its file.
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
