import { STSClient } from "@aws-sdk/client-sts";
import { projectDirectory } from "../../scripts/build/directories.ts";
import { checkAccount } from "./account.ts";
import { type ReleaseStage, readReleaseStage, requireAccountId } from "./stage.ts";

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
