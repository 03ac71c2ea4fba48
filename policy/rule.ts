import type { Resource } from "./resource.ts";

interface Rule {
  /** Kebab case, the policy's name in Pulumi. */
  readonly name: string;
  /**
   * What the rule enforces, its own control first: ids of AWS Security Hub (`S3.8`), Checkov (`CKV_AWS_21`) and the
   * AWS Well-Architected Framework (`SEC09-BP02`); `Henkan.…` where none of them has it.
   */
  readonly controls: readonly [string, ...string[]];
  readonly description: string;
  /** What to do about a violation: an imperative sentence. */
  readonly remedy: string;
  /** Pulumi type tokens of the resources it judges. */
  readonly types: readonly string[];
  /** Mandatory unless it says otherwise. */
  readonly enforcement?: "advisory";
}

/** Judges a resource by what the program gives it, before it is created or changed. */
export interface ResourceRule extends Rule {
  /** What is wrong, each a phrase that goes on from the resource's name. */
  readonly problems: (resource: Resource) => readonly string[];
}

/** Judges a resource by those around it. */
export interface StackRule extends Rule {
  readonly problemsInStack: (resource: Resource, stack: readonly Resource[]) => readonly string[];
}

export type AnyRule = ResourceRule | StackRule;

/** A resource that breaks a rule. */
export interface Violation {
  readonly rule: AnyRule;
  readonly resource: Resource;
  /** Names the resource, what is wrong with it, the controls and the remedy. */
  readonly message: string;
}

export function isStackRule(rule: AnyRule): rule is StackRule {
  return "problemsInStack" in rule;
}

/** Applies a rule to one resource; a resource of another type never breaks it. */
export function findings(
  rule: AnyRule,
  resource: Resource,
  stack: readonly Resource[],
): readonly Violation[] {
  if (!rule.types.includes(resource.type)) return [];
  const problems = isStackRule(rule) ? rule.problemsInStack(resource, stack) : rule.problems(resource);
  const kind = resource.type.split(":").at(-1);
  return problems.map((problem) => ({
    rule,
    resource,
    message: `${kind} ${resource.name} ${problem} [${rule.controls.join(", ")}]. ${rule.remedy}`,
  }));
}
