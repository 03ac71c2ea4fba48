import { wildcard } from "../wildcard.ts";
import type { AccessRequest } from "./access-request.ts";

/** A compiled `Condition` element. */
export type Condition = (request: AccessRequest) => boolean;

/** The `Condition` element of a statement: operator → key → values. */
export type ConditionElement = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** The condition keys that the local cloud supports, in lower case because AWS ignores the case of key names. */
const keys: Readonly<Record<string, (request: AccessRequest) => string | undefined>> = {
  "aws:sourcearn": ({ sourceArn }) => sourceArn,
  "aws:sourceaccount": ({ sourceAccount }) => sourceAccount,
  // The local endpoints use HTTP. The same request would use HTTPS on AWS, so it counts as HTTPS.
  "aws:securetransport": () => "true",
  "sns:endpoint": ({ snsEndpoint }) => snsEndpoint,
  "sns:protocol": ({ snsProtocol }) => snsProtocol,
  "s3:signatureage": ({ signatureAgeMs }) => signatureAgeMs?.toString(),
};

type Comparison = (operand: string) => (value: string) => boolean;

/**
 * The condition operators,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
 */
const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: (operand) => (value) => value === operand,
  StringEqualsIgnoreCase: (operand) => (value) => value.toLowerCase() === operand.toLowerCase(),
  StringLike: (operand) => wildcard(operand),
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (operand) => (value) => value === operand.toLowerCase(),
  NumericEquals: numeric((value, operand) => value === operand),
  NumericLessThan: numeric((value, operand) => value < operand),
  NumericLessThanEquals: numeric((value, operand) => value <= operand),
  NumericGreaterThan: numeric((value, operand) => value > operand),
  NumericGreaterThanEquals: numeric((value, operand) => value >= operand),
};

/**
 * Compiles a `Condition` element. It holds when every operator holds for every one of its keys; a key needs one of its
 * values to match.
 *
 * @throws {Error} naming an operator, a key or a value that the local cloud does not support
 */
export function parseConditions(element: ConditionElement): Condition {
  const conditions = Object.entries(element).flatMap(([operator, operands]) =>
    Object.entries(operands).map(([key, values]) => parseCondition(operator, key, values)),
  );
  return (request) => conditions.every((holds) => holds(request));
}

function parseCondition(operator: string, key: string, values: readonly string[]): Condition {
  const name = key.toLowerCase();
  const read = Object.hasOwn(keys, name) ? keys[name] : undefined;
  if (!read)
    throw new Error(`the condition key ${key} is not supported, only ${Object.keys(keys).join(", ")}`);
  if (operator === "Null") {
    return (request) => values.includes(String(read(request) === undefined));
  }
  const negated = /Not(?=Equals|Like)/.test(operator);
  const base = operator.replace(/IfExists$/, "").replace(/Not(?=Equals|Like)/, "");
  const compare = Object.hasOwn(comparisons, base) ? comparisons[base] : undefined;
  if (!compare) {
    throw new Error(
      `the condition operator ${operator} is not supported, only Null, ${Object.keys(comparisons).join(", ")}, ` +
        "and their forms with Not and IfExists",
    );
  }
  // Without the key, only negated operators and those that end in IfExists hold.
  const withoutKey = negated || operator.endsWith("IfExists");
  const matches = values.map(compare);
  return (request) => {
    const value = read(request);
    return value === undefined ? withoutKey : matches.some((match) => match(value)) !== negated;
  };
}

/** Compares the six parts of an ARN separately: a wildcard does not match a colon. */
function arnLike(operand: string): (arn: string) => boolean {
  if (!/^arn(:[^:]*){4}:/.test(operand)) throw new Error(`${operand} is not an ARN of six parts`);
  const patterns = arnParts(operand).map((part) => wildcard(part));
  return (arn) => {
    const parts = arnParts(arn);
    return patterns.every((matches, index) => matches(parts[index] ?? ""));
  };
}

function arnParts(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function numeric(compare: (value: number, operand: number) => boolean): Comparison {
  return (operand) => {
    const limit = Number(operand);
    if (operand.trim() === "" || Number.isNaN(limit)) throw new Error(`${operand} is not a number`);
    return (value) => compare(Number(value), limit);
  };
}
