import { STSClient } from "@aws-sdk/client-sts";
import { projectDirectory } from "@henkan/build/directories";
import { checkAccount } from "../release/account.ts";
import { StageStack } from "../release/pulumi-stack.ts";
import { type ReleaseStage, readReleaseStage, requireAccountId } from "../release/stage.ts";
import { parseStageOutputs, type StageOutputs } from "./stage-outputs.ts";

/**
 * Returns a deployed stage with the outputs of its stack.
 *
 * @throws {UsageError} for a stage that does not exist or is not deployed
 * @throws {ReleaseError} when the caller's credentials are for another account, or the state cannot be read
 */
export async function deployedStage(name: string): Promise<ReleaseStage & { outputs: StageOutputs }> {
  const stage = await readReleaseStage(projectDirectory, [name]);
  requireAccountId(stage);
  await checkAccount(new STSClient({ region: stage.region }), stage);
  const outputs = await StageStack.outputs(projectDirectory, stage);
  return { ...stage, outputs: parseStageOutputs(name, outputs, `npm run deploy -- ${name}`) };
}
