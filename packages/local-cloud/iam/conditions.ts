import { wildcard } from "../wildcard.ts";
import type { AccessRequest } from "./access-request.ts";

export type Condition = (request: AccessRequest) => boolean;

/** The `Condition` element of a statement: operator → key → values. */
export type ConditionElement = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** The condition keys that a request here can have, lower case since AWS ignores the case of their names. */
const keys: Readonly<Record<string, (request: AccessRequest) => string | undefined>> = {
  "aws:sourcearn": ({ sourceArn }) => sourceArn,
  "aws:sourceaccount": ({ sourceAccount }) => sourceAccount,
  // Loopback is plain HTTP. What comes over it would come over HTTPS on AWS, and counts as that.
  "aws:securetransport": () => "true",
  "sns:endpoint": ({ snsEndpoint }) => snsEndpoint,
  "sns:protocol": ({ snsProtocol }) => snsProtocol,
  "s3:signatureage": ({ signatureAgeMs }) => signatureAgeMs?.toString(),
};

type Comparison = (operand: string) => (value: string) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
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
 * Compiles a `Condition`: all operators and keys must hold, for each of them any one value.
 *
 * @throws {Error} for an operator, a key or a value that is not evaluated here, naming it
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
  if (!read) throw new Error(`the condition key ${key} is not known, only ${Object.keys(keys).join(", ")}`);
  if (operator === "Null") {
    return (request) => values.includes(String(read(request) === undefined));
  }
  const negated = /Not(?=Equals|Like)/.test(operator);
  const base = operator.replace(/IfExists$/, "").replace(/Not(?=Equals|Like)/, "");
  const compare = Object.hasOwn(comparisons, base) ? comparisons[base] : undefined;
  if (!compare) {
    throw new Error(
      `the condition operator ${operator} is not known, only Null, ${Object.keys(comparisons).join(", ")}, ` +
        "their Not… and their …IfExists",
    );
  }
  // A key the request does not have fits what negates and what ends in IfExists, and nothing else.
  const withoutKey = negated || operator.endsWith("IfExists");
  const matches = values.map(compare);
  return (request) => {
    const value = read(request);
    return value === undefined ? withoutKey : matches.some((match) => match(value)) !== negated;
  };
}

/** Each of an ARN's six parts by itself: a wildcard does not reach over a colon. */
function arnLike(operand: string): (arn: string) => boolean {
  if (!/^arn(:[^:]*){4}:/.test(operand)) throw new Error(`${operand} is no ARN of six parts`);
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
    if (operand.trim() === "" || Number.isNaN(limit)) throw new Error(`${operand} is no number`);
    return (value) => compare(Number(value), limit);
  };
}
