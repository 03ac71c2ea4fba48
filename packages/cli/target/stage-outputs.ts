import * as v from "valibot";
import { stackOutputs } from "../../../contract/stack-outputs.ts";
import { UsageError } from "../command.ts";

const stageOutputs = v.omit(stackOutputs, ["releasePlan"]);

/** The outputs of a stage's stack that the commands use. The release plan is not one of them. */
export type StageOutputs = v.InferOutput<typeof stageOutputs>;

/** @throws {UsageError} when the stage lacks one of the outputs, because an earlier version deployed or started it */
export function parseStageOutputs(stage: string, outputs: unknown, bringUpCommand: string): StageOutputs {
  const result = v.safeParse(stageOutputs, outputs);
  if (result.success) return result.output;
  const missing = new Set(result.issues.map((issue) => v.getDotPath(issue) ?? issue.message));
  const names = [...missing].map((name) => `\`${name}\``).join(", ");
  throw new UsageError(
    `Stage ${stage} has no output ${names}: it is not deployed, or an earlier version deployed it. ` +
      `${bringUpCommand} brings it up to date`,
  );
}
