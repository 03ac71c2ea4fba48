import { type Resource, stageOf } from "./resource.ts";
import { type AnyRule, isStackRule, type Violation, violationsOf } from "./rule.ts";
import { rules } from "./rules.ts";
import { type Waiver, waivers } from "./waivers.ts";

/** The resources of a stack, as Pulumi passes them to the rules. */
export interface Stack {
  /** The resources with their inputs, for rules on one resource. */
  readonly inputs: readonly Resource[];
  /** The same resources with their computed attributes, for rules on the stack. */
  readonly outputs: readonly Resource[];
}

/** The result of applying the rules to a stack. */
export interface Verdict {
  /** Violations of mandatory rules that no waiver covers. */
  readonly violations: readonly Violation[];
  /** Violations of advisory rules that no waiver covers. */
  readonly advice: readonly Violation[];
  readonly waived: readonly { readonly violation: Violation; readonly waiver: Waiver }[];
  /** Waivers of this stage that no longer cover anything. */
  readonly unused: readonly Waiver[];
}

/** Applies every rule to every resource of one stage. */
export function evaluate(
  { inputs, outputs }: Stack,
  using: { readonly rules: readonly AnyRule[]; readonly waivers: readonly Waiver[] } = { rules, waivers },
): Verdict {
  const found = using.rules.flatMap((rule) =>
    (isStackRule(rule) ? outputs : inputs).flatMap((resource) => violationsOf(rule, resource, outputs)),
  );
  const open = found.filter((violation) => waiverFor(violation, using.waivers) === undefined);
  const waived = found.flatMap((violation) => {
    const waiver = waiverFor(violation, using.waivers);
    return waiver ? [{ violation, waiver }] : [];
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

/** Returns the waiver that covers a violation, whatever the pipeline's name is. */
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
