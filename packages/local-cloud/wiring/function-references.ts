import type { Graph } from "../graph.ts";
import type { LambdaFunction } from "../lambda/lambda-function.ts";
import { declared } from "./declared.ts";

/**
 * The function that a name, an ARN, an alias's ARN or its invoke ARN refers to.
 *
 * @throws when no such function is declared, or the function has no alias of that name.
 */
export function functionBehind(
  graph: Graph,
  functions: ReadonlyMap<string, LambdaFunction>,
  reference: string,
): LambdaFunction {
  const [, name = reference, qualifier] = /:function:([^:/]+)(?::([^:/]+))?/.exec(reference) ?? [];
  const found = functions.get(name);
  if (!found) throw new Error(`No declared function is behind ${reference}`);
  if (qualifier !== undefined && !hasAlias(graph, found, qualifier)) {
    throw new Error(`The function behind ${reference} has no declared alias "${qualifier}"`);
  }
  return found;
}

/** ARN of the role a function runs with. */
export function roleOf(graph: Graph, { settings }: LambdaFunction): string {
  const declaration = declared(graph, "aws:lambda/function:Function").find(
    ({ output }) => output("name") === settings.name,
  );
  return String(declaration?.inputs.role);
}

function hasAlias(graph: Graph, { settings }: LambdaFunction, alias: string): boolean {
  return declared(graph, "aws:lambda/alias:Alias").some(
    ({ inputs }) =>
      inputs.name === alias && [settings.name, settings.arn].includes(String(inputs.functionName)),
  );
}
