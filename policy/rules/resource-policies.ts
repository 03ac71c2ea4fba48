import { at, attached, type Resource } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";
import { allowed, type NormalizedStatement, statementsOf } from "../statements.ts";

/** What is peculiar to a service in a rule that several services share. */
interface Service {
  readonly name: string;
  readonly controls: readonly [string, ...string[]];
}

/** The resource that carries a service's resource policies, in its property `policy`. */
interface PolicyType {
  readonly type: string;
  /** Property that names the resource the policy is for. */
  readonly of: string;
}

export const policyTypes = {
  bucket: { type: "aws:s3/bucketPolicy:BucketPolicy", of: "bucket" },
  topic: { type: "aws:sns/topicPolicy:TopicPolicy", of: "arn" },
  queue: { type: "aws:sqs/queuePolicy:QueuePolicy", of: "queueUrl" },
  key: { type: "aws:kms/keyPolicy:KeyPolicy", of: "keyId" },
} as const satisfies Record<string, PolicyType>;

export function hasPolicy(
  { name, controls }: Service,
  type: string,
  { type: policyType, of }: PolicyType,
): StackRule {
  return {
    name,
    controls,
    description: "Who may use a resource, and how, is said by a policy of its own",
    remedy: `Attach a ${policyType.split(":").at(-1)}.`,
    types: [type],
    problemsInStack: (resource, stack) =>
      attached(stack, policyType, of, resource).length === 0 ? ["has no resource policy"] : [],
  };
}

/** `action` is what must be denied over plain HTTP. */
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
    remedy: `Deny ${action} to everybody where aws:SecureTransport is false${withObjects ? ", on the bucket and its objects" : ""}.`,
    types: [type],
    problems: ({ props }) => (statementsOf(props.policy).some(denies) ? [] : ["lets plain HTTP through"]),
  };
}

function coversObjects({ resources }: NormalizedStatement): boolean {
  return [true, false].every((objects) => resources.some((arn) => arn.endsWith("/*") === objects));
}

/** Refuses the principal `*`, also with a condition, which one mistake makes void. */
export function refusesEveryone({ name, controls }: Service, types: readonly string[]): ResourceRule {
  return {
    name,
    controls,
    description: "No resource policy allows anything to everybody",
    remedy: "Name the services, accounts or roles that need it as principals.",
    types,
    problems: (resource) =>
      allowedIn(resource)
        .filter(({ principals }) => principals.some(({ id }) => id === "*"))
        .map(({ actions }) => `allows everybody ${actions.join(", ")}`),
  };
}

const allowedIn = ({ props }: Resource): readonly NormalizedStatement[] => allowed(at(props, "policy"));
