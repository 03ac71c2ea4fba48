import * as v from "valibot";
import { LocalCloudError } from "../errors.ts";
import { wildcard } from "../wildcard.ts";
import { type Condition, parseConditions } from "./conditions.ts";

/** One value of `Action` or `Resource`. A list under `NotAction` or `NotResource` is one pattern. */
export interface Pattern {
  readonly text: string;
  readonly matches: (value: string) => boolean;
}

/** A compiled statement. */
export interface Statement {
  /** The name of the Pulumi resource that declares it. */
  readonly policy: string;
  /** The Sid, or the position in the document, counted from 1. */
  readonly label: string;
  readonly effect: "Allow" | "Deny";
  readonly isPrincipal: (principal: string) => boolean;
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
  readonly condition: Condition;
}

/** The kind of a policy. That of an identity has no Principal, and the trust policy of a role has no Resource. */
export type PolicyKind = "identity" | "resource" | "trust";

/** A policy that is malformed, or that the local cloud cannot evaluate as AWS does. */
export class PolicyError extends LocalCloudError {
  override readonly name = "PolicyError";
  override readonly code = "policy";
}

const list = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => [value].flat()),
);
const scalar = v.union([v.string(), v.number(), v.boolean()]);
const operands = v.pipe(
  v.union([scalar, v.array(scalar)]),
  v.transform((value) => [value].flat().map(String)),
);
const element = v.strictObject({
  Sid: v.optional(v.string()),
  Effect: v.picklist(["Allow", "Deny"]),
  Principal: v.optional(
    v.union([v.literal("*"), v.strictObject({ AWS: v.optional(list), Service: v.optional(list) })]),
  ),
  Action: v.optional(list),
  NotAction: v.optional(list),
  Resource: v.optional(list),
  NotResource: v.optional(list),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), operands)), {}),
});
const policyDocument = v.strictObject({
  Version: v.picklist(["2012-10-17", "2008-10-17"]),
  Id: v.optional(v.string()),
  Statement: v.pipe(
    v.unknown(),
    v.transform((value) => [value].flat()),
    v.array(element),
  ),
});

type Element = v.InferOutput<typeof element>;

/**
 * Compiles a policy document, which is JSON or an object. `policy` is the name of the Pulumi resource that declares it.
 *
 * @throws {PolicyError} naming the policy and the element that is malformed or not supported
 */
export function parsePolicy(policy: string, document: unknown, kind: PolicyKind): Statement[] {
  const parsed = v.safeParse(
    policyDocument,
    typeof document === "string" ? parseJson(policy, document) : document,
  );
  if (!parsed.success) {
    const unsupported = parsed.issues.map(
      (issue) => `${v.getDotPath(issue) ?? "document"}: ${issue.message}`,
    );
    throw new PolicyError(`${policy}: the local cloud does not support ${unsupported.join("; ")}`);
  }
  return parsed.output.Statement.map((statement, index) => {
    const label = statement.Sid ?? String(index + 1);
    try {
      return { policy, label, ...compile(statement, kind) };
    } catch (error) {
      throw new PolicyError(`${policy}: statement ${label}: ${(error as Error).message}`, { cause: error });
    }
  });
}

function parseJson(policy: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PolicyError(`${policy} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function compile(statement: Element, kind: PolicyKind): Omit<Statement, "policy" | "label"> {
  const { Effect, Principal, Action, NotAction, Resource, NotResource, Condition } = statement;
  if ((Principal !== undefined) !== (kind !== "identity"))
    throw new Error(
      kind === "identity" ? "the policy of an identity has no Principal" : "Principal is missing",
    );
  if (kind === "trust" && (Resource ?? NotResource))
    throw new Error("the trust policy of a role has no Resource");
  const variable = JSON.stringify([Resource, NotResource, Condition]).match(/\$\{[^}]*\}/);
  if (variable) throw new Error(`the policy variable ${variable[0]} is not supported`);
  return {
    effect: Effect,
    isPrincipal: Principal ? principalTest(Principal, Effect) : () => true,
    actions: patterns("Action", Action, NotAction, "i"),
    resources:
      kind === "trust" ? [{ text: "*", matches: () => true }] : patterns("Resource", Resource, NotResource),
    condition: parseConditions(Condition),
  };
}

/**
 * Compiles `Action` or `Resource`. A `*` also matches colons,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html.
 */
function patterns(
  name: string,
  positive: string[] | undefined,
  negative: string[] | undefined,
  flags: "" | "i" = "",
): Pattern[] {
  if (positive && !negative) return positive.map((text) => ({ text, matches: wildcard(text, flags) }));
  if (!negative || positive) throw new Error(`expected either ${name} or Not${name}`);
  const exceptions = negative.map((text) => wildcard(text, flags));
  return [
    {
      text: `all but ${negative.join(", ")}`,
      matches: (value) => !exceptions.some((matches) => matches(value)),
    },
  ];
}

/**
 * Compiles `Principal`. An account as the principal of a deny applies to all its identities. As the principal of an
 * allow it has no effect: the policies of its identities decide.
 */
function principalTest(principal: NonNullable<Element["Principal"]>, effect: "Allow" | "Deny") {
  if (principal === "*" || principal.AWS?.includes("*")) return () => true;
  const { AWS = [], Service = [] } = principal;
  const accounts = AWS.flatMap((name) => /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1] ?? []);
  return (candidate: string) =>
    Service.includes(candidate) ||
    AWS.includes(candidate) ||
    (effect === "Deny" && accounts.some((account) => candidate.startsWith(`arn:aws:iam::${account}:`)));
}
