import { projectDirectory } from "@henkan/build/directories";
import { type Graph, runProgram } from "@henkan/local-cloud";
import { defineCommand } from "./command.ts";
import { mermaid } from "./graph/mermaid.ts";
import { topology } from "./graph/topology.ts";

const help = `Prints what the Pulumi program declares for a stage: a Mermaid flowchart of the way that a file takes.

  npm run henkan -- graph STAGE [--json]

  --json   print {"stage", "resources": [{"type", "name", "parent", "inputs"}]} instead: every resource and component

To write the output into a file, silence npm: npm run --silent henkan -- graph dev`;

export const graph = defineCommand({
  help,
  options: { json: { type: "boolean", default: false } },
  positionals: { least: 1, most: 1, request: "Name one stage." },
  run: async ({ values, positionals: [stage = ""] }) => {
    const declaredGraph = await runProgram({ projectDirectory, stage });
    console.log(values.json ? toJson(declaredGraph) : mermaid(topology(declaredGraph)));
    return 0;
  },
});

function toJson({ stage, components, resources }: Graph): string {
  const groups = components.map((component) => ({ ...component, inputs: {} }));
  const all = [...groups, ...resources].map(({ type, name, parent = null, inputs }) => ({
    type,
    name,
    parent,
    inputs,
  }));
  return JSON.stringify({ stage, resources: all }, null, 2);
}
