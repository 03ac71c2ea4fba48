import { asList, at, parsed } from "./resource.ts";

/** A statement of an IAM policy document, in which every field is a list. */
export interface NormalizedStatement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** True for a statement with `NotAction`, `NotResource` or `NotPrincipal`. */
  readonly inverted: boolean;
  /** The principals by kind, such as `Service`. The principal `*` is of kind `AWS`, as in IAM. */
  readonly principals: readonly { readonly kind: string; readonly id: string }[];
  readonly conditions: readonly StatementCondition[];
}

/** One condition of a statement. */
export interface StatementCondition {
  readonly operator: string;
  /** The condition key in lower case, since IAM ignores its case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** Returns the statements of a document, which is JSON or an object; none when there is no document. */
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

/** Returns the statements of a document that allow something. */
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
