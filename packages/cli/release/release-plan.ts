import * as v from "valibot";
import { type ReleasePlan, stackOutputs } from "../../../contract/stack-outputs.ts";
import { ReleaseError } from "./release-error.ts";

/** @throws {ReleaseError} when the stack has no valid release plan */
export function parseReleasePlan(outputs: Readonly<Record<string, unknown>>): ReleasePlan {
  const result = v.safeParse(stackOutputs.entries.releasePlan, outputs.releasePlan);
  if (result.success) return result.output;
  const mistakes = v.summarize(result.issues);
  throw new ReleaseError(
    `The stack has no valid output \`releasePlan\`, so no traffic was shifted:\n${mistakes}`,
  );
}
