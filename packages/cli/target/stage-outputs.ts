import * as v from "valibot";
import { stackOutputs } from "../../../contract/stack-outputs.ts";
import { UsageError } from "../command.ts";

const stageOutputs = v.omit(stackOutputs, ["releasePlan"]);

/** The outputs of a stage's stack that the commands use; a release uses the plan. */
export type StageOutputs = v.InferOutput<typeof stageOutputs>;

/** @throws {UsageError} when the stage was brought up by a program that did not declare all of them */
export function parseStageOutputs(stage: string, outputs: unknown, bringUpCommand: string): StageOutputs {
  const result = v.safeParse(stageOutputs, outputs);
  if (result.success) return result.output;
  const missing = new Set(result.issues.map((issue) => v.getDotPath(issue) ?? issue.message));
  throw new UsageError(
    `Stage ${stage} does not tell ${[...missing].join(", ")}: it is not deployed, or by an earlier version. ` +
      `${bringUpCommand} brings it up to date`,
  );
}
