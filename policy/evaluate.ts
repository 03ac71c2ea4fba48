import { type Resource, stageOf } from "./resource.ts";
import { type AnyRule, findings, isStackRule, type Violation } from "./rule.ts";
import { rules } from "./rules.ts";
import { type Waiver, waivers } from "./waivers.ts";

/** A stack's resources, as Pulumi hands them to rules on one resource and to rules on the stack. */
export interface Stack {
  readonly inputs: readonly Resource[];
  readonly outputs: readonly Resource[];
}

export interface Verdict {
  /** Findings of mandatory rules that no waiver covers. */
  readonly violations: readonly Violation[];
  /** Findings of advisory rules that no waiver covers. */
  readonly advice: readonly Violation[];
  readonly waived: readonly { readonly finding: Violation; readonly waiver: Waiver }[];
  /** Waivers of this stage that cover nothing any more. */
  readonly unused: readonly Waiver[];
}

/** Applies every rule to every resource of one stage. */
export function evaluate(
  { inputs, outputs }: Stack,
  using: { readonly rules: readonly AnyRule[]; readonly waivers: readonly Waiver[] } = { rules, waivers },
): Verdict {
  const found = using.rules.flatMap((rule) =>
    (isStackRule(rule) ? outputs : inputs).flatMap((resource) => findings(rule, resource, outputs)),
  );
  const open = found.filter((finding) => waiverFor(finding, using.waivers) === undefined);
  const waived = found.flatMap((finding) => {
    const waiver = waiverFor(finding, using.waivers);
    return waiver ? [{ finding, waiver }] : [];
  });
  const [first] = outputs;
  const stage = first ? stageOf(first) : "";
  return {
    violations: open.filter(({ rule }) => rule.enforcement !== "advisory"),
    advice: open.filter(({ rule }) => rule.enforcement === "advisory"),
    waived,
    unused: using.waivers.filter(
      (waiver) => isOfStage(waiver, stage) && !waived.some((entry) => entry.waiver === waiver),
    ),
  };
}

/** Returns the waiver that covers a finding, under the name that a pipeline of any name gives the resource. */
export function waiverFor(
  { rule, resource }: Violation,
  among: readonly Waiver[] = waivers,
): Waiver | undefined {
  return among.find(
    (waiver) =>
      rule.controls.includes(waiver.control) &&
      (resource.type === waiver.resource || `-${resource.name}`.endsWith(`-${waiver.resource}`)) &&
      isOfStage(waiver, stageOf(resource)),
  );
}

function isOfStage({ stages }: Waiver, stage: string): boolean {
  return stages === undefined || stages.includes(stage);
}
