import { ProgramError } from "../errors.ts";

/** An SNS filter policy: nested keys, and at each leaf an array of alternatives. */
export type FilterPolicy = { readonly [key: string]: FilterPolicy | readonly unknown[] };

type Alternative = (value: unknown) => boolean;

/** The operators of https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html, case-sensitive as on AWS. */
const operators: Record<string, (operand: unknown) => Alternative> = {
  prefix: (operand) => textOperator(operand, (value, prefix) => value.startsWith(prefix)),
  suffix: (operand) => textOperator(operand, (value, suffix) => value.endsWith(suffix)),
  "equals-ignore-case": (operand) =>
    textOperator(operand, (value, other) => value.toLowerCase() === other.toLowerCase()),
  exists: (operand) => (value) => (value !== undefined) === operand,
  "anything-but": (operand) => {
    const excluded = [operand].flat().map(parseAlternative);
    return (value) => value !== undefined && !excluded.some((matches) => matches(value));
  },
  numeric: (operand) => {
    const bounds = parseNumeric(operand);
    return (value) => typeof value === "number" && bounds.every((within) => within(value));
  },
};

const comparisons: Record<string, (left: number, right: number) => boolean> = {
  "=": (left, right) => left === right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

/**
 * Compiles a filter policy into a predicate on message bodies, or on an object of attributes. An array in the message
 * matches when one of its elements matches: all keys below the array must match in the same element.
 *
 * @throws {Error} for an operator that the local SNS does not support: it would filter differently from AWS
 */
export function compileFilterPolicy(policy: FilterPolicy): (message: unknown) => boolean {
  const keys = Object.entries(policy).map(([key, rule]) => ({ key, matches: compileRule(rule) }));
  const matches = (message: unknown): boolean => {
    if (Array.isArray(message)) return message.some(matches);
    if (typeof message !== "object" || message === null) return false;
    const fields = message as Record<string, unknown>;
    return keys.every((rule) => rule.matches(fields[rule.key]));
  };
  return matches;
}

function compileRule(rule: FilterPolicy | readonly unknown[]): (value: unknown) => boolean {
  if (!Array.isArray(rule)) return compileFilterPolicy(rule as FilterPolicy);
  const alternatives = rule.map(parseAlternative);
  const matches = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(matches) : alternatives.some((alternative) => alternative(value));
  return matches;
}

function parseAlternative(alternative: unknown): Alternative {
  if (typeof alternative !== "object" || alternative === null) return (value) => value === alternative;
  const [operator = "", ...others] = Object.keys(alternative);
  const parse = operators[operator];
  if (!parse || others.length > 0) {
    throw new ProgramError(
      `SNS filter policy: ${JSON.stringify(alternative)} is not supported by the local cloud`,
    );
  }
  return parse((alternative as Record<string, unknown>)[operator]);
}

function parseNumeric(operand: unknown): ((value: number) => boolean)[] {
  const terms = Array.isArray(operand) ? operand : [];
  const bounds = [];
  for (let index = 0; index < terms.length; index += 2) {
    const compare = comparisons[String(terms[index])];
    const bound = terms[index + 1];
    if (!compare || typeof bound !== "number") {
      throw new ProgramError(
        `SNS filter policy: {"numeric":${JSON.stringify(operand)}} is not a valid range`,
      );
    }
    bounds.push((value: number) => compare(value, bound));
  }
  return bounds;
}

function textOperator(operand: unknown, compare: (value: string, operand: string) => boolean): Alternative {
  if (typeof operand !== "string")
    throw new ProgramError(`SNS filter policy: expected a string but received ${operand}`);
  return (value) => typeof value === "string" && compare(value, operand);
}
