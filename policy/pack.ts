import {
  type Policies,
  type Policy,
  PolicyPack,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  UnknownValueError,
} from "@pulumi/policy";
import { evaluate, waiverFor } from "./evaluate.ts";
import type { Resource } from "./resource.ts";
import { type AnyRule, isStackRule, type Violation, violationsOf } from "./rule.ts";
import { rules } from "./rules.ts";

type Report = (message: string, urn?: string) => void;

const policies: Policies = rules.map(policyOf);
new PolicyPack("henkan", { policies: [...policies, unusedWaivers()] });

function policyOf(rule: AnyRule): ResourceValidationPolicy | StackValidationPolicy {
  const about: Policy = {
    name: rule.name,
    description: rule.description,
    tags: [...rule.controls],
    enforcementLevel: rule.enforcement ?? "mandatory",
    remediationSteps: rule.remedy,
  };
  if (isStackRule(rule)) {
    return { ...about, validateStack: ({ resources }, report) => checkEach(rule, resources, report) };
  }
  return {
    ...about,
    validateResource: (resource, report) => reportOpen(violationsOf(rule, resource, []), report),
  };
}

/**
 * Applies a rule to every resource whose values are known; a preview does not know all of them.
 *
 * @throws {UnknownValueError} at the end, if a value was unknown: Pulumi then reports that the policy was not fully run
 */
function checkEach(rule: AnyRule, resources: readonly Resource[], report: Report): void {
  let unknown: UnknownValueError | undefined;
  for (const resource of resources) {
    try {
      reportOpen(violationsOf(rule, resource, resources), report);
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      unknown = error;
    }
  }
  if (unknown) throw unknown;
}

function reportOpen(found: readonly Violation[], report: Report): void {
  for (const violation of found) {
    if (!waiverFor(violation)) report(violation.message, violation.resource.urn);
  }
}

function unusedWaivers(): StackValidationPolicy {
  return {
    name: "waivers-are-used",
    description: "Every waiver covers something",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      for (const { control, resource } of evaluate({ inputs: resources, outputs: resources }).unused) {
        report(`The waiver of ${control} for ${resource} covers nothing. Remove it from policy/waivers.ts`);
      }
    },
  };
}
