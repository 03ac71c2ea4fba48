import { asList, at, parsed } from "./resource.ts";

/** A statement of an IAM policy document with every field a list. */
export interface NormalizedStatement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Whether it names what it is not about: `NotAction`, `NotResource` or `NotPrincipal`. */
  readonly inverted: boolean;
  /** Values by kind, such as `Service`; the principal `*` is of kind `AWS`, as IAM reads it. */
  readonly principals: readonly { readonly kind: string; readonly id: string }[];
  readonly conditions: readonly StatementCondition[];
}

export interface StatementCondition {
  readonly operator: string;
  /** In lower case, since IAM's condition keys are case-insensitive. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The statements of a document given as JSON or as an object; none of none. */
export function statementsOf(document: unknown): readonly NormalizedStatement[] {
  return asList(at(parsed(document), "Statement")).map((statement) => ({
    effect: String(at(statement, "Effect")),
    actions: texts(at(statement, "Action")),
    resources: texts(at(statement, "Resource")),
    inverted: ["NotAction", "NotResource", "NotPrincipal"].some((key) => at(statement, key) !== undefined),
    principals: principalsOf(at(statement, "Principal")),
    conditions: conditionsOf(at(statement, "Condition")),
  }));
}

export function allowed(document: unknown): readonly NormalizedStatement[] {
  return statementsOf(document).filter(({ effect }) => effect === "Allow");
}

const texts = (value: unknown): readonly string[] => asList(value).map(String);

function principalsOf(principal: unknown): NormalizedStatement["principals"] {
  if (typeof principal === "string") return [{ kind: "AWS", id: principal }];
  return entries(principal).flatMap(([kind, ids]) => texts(ids).map((id) => ({ kind, id })));
}

function conditionsOf(condition: unknown): readonly StatementCondition[] {
  return entries(condition).flatMap(([operator, keys]) =>
    entries(keys).map(([key, values]) => ({ operator, key: key.toLowerCase(), values: texts(values) })),
  );
}

const entries = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null ? Object.entries(value) : [];
