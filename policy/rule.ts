import type { Resource } from "./resource.ts";

interface Rule {
  /** The policy's name in Pulumi, in kebab case. */
  readonly name: string;
  /**
   * The controls that the rule enforces, its own first: ids of AWS Security Hub (`S3.8`), Checkov (`CKV_AWS_21`) and the
   * AWS Well-Architected Framework (`SEC09-BP02`); `Henkan.…` if none of them has the control.
   */
  readonly controls: readonly [string, ...string[]];
  readonly description: string;
  /** The way to correct a violation: an imperative sentence. */
  readonly remedy: string;
  /** The Pulumi type tokens of the resources that it applies to. */
  readonly types: readonly string[];
  /** @default "mandatory" */
  readonly enforcement?: "advisory";
}

/** A rule on the inputs of one resource, applied before the resource is created or changed. */
export interface ResourceRule extends Rule {
  /** Returns the violations, each a phrase that continues the resource's name, such as `keeps no versions`. */
  readonly violations: (resource: Resource) => readonly string[];
}

/** A rule on one resource and the resources that refer to it. */
export interface StackRule extends Rule {
  /** Returns the violations, as `violations` of a `ResourceRule` does. */
  readonly violationsInStack: (resource: Resource, stack: readonly Resource[]) => readonly string[];
}

export type AnyRule = ResourceRule | StackRule;

/** A resource that breaks a rule. */
export interface Violation {
  readonly rule: AnyRule;
  readonly resource: Resource;
  /** Names the resource, the violation, the controls and the remedy. */
  readonly message: string;
}

export function isStackRule(rule: AnyRule): rule is StackRule {
  return "violationsInStack" in rule;
}

/** Applies a rule to one resource. A resource of another type never breaks it. */
export function violationsOf(
  rule: AnyRule,
  resource: Resource,
  stack: readonly Resource[],
): readonly Violation[] {
  if (!rule.types.includes(resource.type)) return [];
  const violations = isStackRule(rule) ? rule.violationsInStack(resource, stack) : rule.violations(resource);
  const kind = resource.type.split(":").at(-1);
  return violations.map((violation) => ({
    rule,
    resource,
    message: `${kind} ${resource.name} ${violation} [${rule.controls.join(", ")}]. ${rule.remedy}`,
  }));
}
