import * as v from "valibot";
import { ReleaseError } from "./release-error.ts";

const target = v.object({
  name: v.string(),
  functionName: v.string(),
  alias: v.string(),
  version: v.string(),
  deploymentGroup: v.string(),
  alarms: v.array(v.string()),
});

const releasePlan = v.object({
  application: v.string(),
  hook: v.object({ functionName: v.string(), logGroup: v.optional(v.string()) }),
  targets: v.array(target),
});

/** One function whose traffic CodeDeploy shifts; `version` is the newest published one. */
export type ReleaseTarget = v.InferOutput<typeof target>;

/** The stack output `releasePlan`. */
export type ReleasePlan = v.InferOutput<typeof releasePlan>;

/** @throws {ReleaseError} when the stack does not say how it is released. */
export function parseReleasePlan(outputs: Readonly<Record<string, unknown>>): ReleasePlan {
  const result = v.safeParse(releasePlan, outputs.releasePlan);
  if (result.success) return result.output;
  const problems = v.summarize(result.issues);
  throw new ReleaseError(`The stack has no usable output releasePlan, nothing was shifted:\n${problems}`);
}
