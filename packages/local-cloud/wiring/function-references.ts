import { ProgramError } from "../errors.ts";
import type { Graph } from "../graph.ts";
import type { EmulatedFunction } from "../lambda/emulated-function.ts";

/**
 * Returns the function that a name, an ARN, an alias's ARN or an invoke ARN refers to.
 *
 * @throws {ProgramError} when the program declares no such function, or the function has no alias of that name
 */
export function functionBehind(
  graph: Graph,
  functions: ReadonlyMap<string, EmulatedFunction>,
  reference: string,
): EmulatedFunction {
  const name = graph.behind(reference, "aws:lambda/function:Function").output("name");
  const found = functions.get(name);
  if (!found) throw new ProgramError(`The function ${name} does not run here`);
  const [, qualifier] = /:function:[^:/]+:([^:/]+)/.exec(reference) ?? [];
  if (qualifier !== undefined && !hasAlias(graph, found, qualifier)) {
    throw new ProgramError(`The function behind ${reference} has no declared alias "${qualifier}"`);
  }
  return found;
}

function hasAlias(graph: Graph, { settings }: EmulatedFunction, alias: string): boolean {
  return graph
    .all("aws:lambda/alias:Alias")
    .some(
      ({ inputs }) =>
        inputs.name === alias && [settings.name, settings.arn].includes(String(inputs.functionName)),
    );
}
