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
import { type AnyRule, findings, isStackRule, type Violation } from "./rule.ts";
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
    validateResource: (resource, report) => reportOpen(findings(rule, resource, []), report),
  };
}

/**
 * Judges every resource that can be judged, however many others have values that a preview cannot know yet.
 *
 * @throws {UnknownValueError} at the end, if there was one: Pulumi then says that the policy could not run in full
 */
function checkEach(rule: AnyRule, resources: readonly Resource[], report: Report): void {
  let unknown: UnknownValueError | undefined;
  for (const resource of resources) {
    try {
      reportOpen(findings(rule, resource, resources), report);
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      unknown = error;
    }
  }
  if (unknown) throw unknown;
}

function reportOpen(found: readonly Violation[], report: Report): void {
  for (const finding of found) {
    if (!waiverFor(finding)) report(finding.message, finding.resource.urn);
  }
}

function unusedWaivers(): StackValidationPolicy {
  return {
    name: "waivers-are-used",
    description: "A waiver that covers nothing any more is removed",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      for (const { control, resource } of evaluate({ inputs: resources, outputs: resources }).unused) {
        report(`The waiver of ${control} for ${resource} covers nothing. Remove it from policy/waivers.ts`);
      }
    },
  };
}
