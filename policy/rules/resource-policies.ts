import { at, attached, type Resource } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";
import { allowed, type NormalizedStatement, statementsOf } from "../statements.ts";

/** The parts of a shared rule that differ between services. */
interface Service {
  readonly name: string;
  readonly controls: readonly [string, ...string[]];
}

/** The type of a service's resource policies, which have the document in the property `policy`. */
interface PolicyType {
  readonly type: string;
  /** The property that refers to the resource that the policy is for. */
  readonly of: string;
}

export const policyTypes = {
  bucket: { type: "aws:s3/bucketPolicy:BucketPolicy", of: "bucket" },
  topic: { type: "aws:sns/topicPolicy:TopicPolicy", of: "arn" },
  queue: { type: "aws:sqs/queuePolicy:QueuePolicy", of: "queueUrl" },
  key: { type: "aws:kms/keyPolicy:KeyPolicy", of: "keyId" },
} as const satisfies Record<string, PolicyType>;

/** Returns the rule that every resource of a type has a resource policy. */
export function hasPolicy(
  { name, controls }: Service,
  type: string,
  { type: policyType, of }: PolicyType,
): StackRule {
  return {
    name,
    controls,
    description: "Resources have a resource policy",
    remedy: `Attach a ${policyType.split(":").at(-1)}.`,
    types: [type],
    violationsInStack: (resource, stack) =>
      attached(stack, policyType, of, resource).length === 0 ? ["has no resource policy"] : [],
  };
}

/** Returns the rule that resource policies deny plain HTTP, and with it `action`. */
export function refusesPlainHttp(
  { name, controls }: Service,
  { type }: PolicyType,
  { action, withObjects = false }: { readonly action: string; readonly withObjects?: boolean },
): ResourceRule {
  const denies = (statement: NormalizedStatement) =>
    statement.effect === "Deny" &&
    statement.actions.includes(action) &&
    statement.principals.some(({ id }) => id === "*") &&
    statement.conditions.length === 1 &&
    statement.conditions.every(
      ({ operator, key, values: [value] }) =>
        operator === "Bool" && key === "aws:securetransport" && value === "false",
    ) &&
    (!withObjects || coversObjects(statement));
  return {
    name,
    controls,
    description: "Requests over plain HTTP are denied",
    remedy: `Deny ${action} to the principal * when aws:SecureTransport is false${withObjects ? ", on the bucket and its objects" : ""}.`,
    types: [type],
    violations: ({ props }) => (statementsOf(props.policy).some(denies) ? [] : ["allows plain HTTP"]),
  };
}

function coversObjects({ resources }: NormalizedStatement): boolean {
  return [true, false].every((objects) => resources.some((arn) => arn.endsWith("/*") === objects));
}

/** Returns the rule that no resource policy allows the principal `*`. A condition does not help: one mistake disables it. */
export function refusesEveryone({ name, controls }: Service, types: readonly string[]): ResourceRule {
  return {
    name,
    controls,
    description: "Resource policies are not public",
    remedy: "Name the services, accounts or roles that need it as principals.",
    types,
    violations: (resource) =>
      allowedIn(resource)
        .filter(({ principals }) => principals.some(({ id }) => id === "*"))
        .map(({ actions }) => `allows any principal ${actions.join(", ")}`),
  };
}

const allowedIn = ({ props }: Resource): readonly NormalizedStatement[] => allowed(at(props, "policy"));
