import * as v from "valibot";
import { type ReleasePlan, stackOutputs } from "../../../contract/stack-outputs.ts";
import { ReleaseError } from "./release-error.ts";

/** @throws {ReleaseError} when the stack does not say how it is released. */
export function parseReleasePlan(outputs: Readonly<Record<string, unknown>>): ReleasePlan {
  const result = v.safeParse(stackOutputs.entries.releasePlan, outputs.releasePlan);
  if (result.success) return result.output;
  const problems = v.summarize(result.issues);
  throw new ReleaseError(`The stack has no usable output releasePlan, nothing was shifted:\n${problems}`);
}
