import type { Graph } from "@henkan/local-cloud";
import { one, pipelineName } from "../infra/stages.ts";

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: object;
}

/** Returns a changed graph. */
export type Edit = (graph: Graph) => Graph;

/** Returns an edit that changes the statements of one policy. */
export function editing(
  policy: string,
  edit: (statements: Statement[]) => Statement[],
  input = "policy",
): Edit {
  return (graph) =>
    graph.with({
      resources: graph.resources.map((resource) => {
        if (resource !== one(graph, policy)) return resource;
        const document = JSON.parse(String(resource.inputs[input]));
        const inputs = { [input]: JSON.stringify({ ...document, Statement: edit(document.Statement) }) };
        return { ...resource, inputs: { ...resource.inputs, ...inputs } };
      }),
    });
}

/** Returns an edit that removes an action from the statements whose first resource contains `resource`. */
export function without(policy: string, action: string, resource = ""): Edit {
  return editing(policy, (statements) =>
    statements.map((statement) => {
      if (![statement.Resource].flat()[0]?.includes(resource)) return statement;
      return { ...statement, Action: [statement.Action].flat().filter((name) => name !== action) };
    }),
  );
}

/** Returns an edit that removes a resource. */
export const withoutResource =
  (name: string): Edit =>
  (graph) =>
    graph.with({
      resources: graph.resources.filter((resource) => resource.name !== `${pipelineName}-${name}`),
    });
