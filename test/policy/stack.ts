import type { Graph } from "@henkan/local-cloud";
import type { GraphResource } from "@henkan/local-cloud/testing";
import type { Stack } from "../../policy/evaluate.ts";
import type { Resource } from "../../policy/resource.ts";
import { configOf, runStage } from "../infra/stages.ts";

const stacks = new Map<string, Promise<Stack>>();

/** Returns the resources of a stage as Pulumi's engine passes them to the rules; its program runs once. */
export function stackOf(stage: string): Promise<Stack> {
  const stack = stacks.get(stage) ?? run(stage);
  stacks.set(stage, stack);
  return stack;
}

async function run(stage: string): Promise<Stack> {
  return stackFrom(await runStage(stage), configOf(stage)["aws:defaultTags"]);
}

/** Returns the resources of a graph as Pulumi's engine passes them to the rules. */
export function stackFrom(graph: Graph, defaultTags?: unknown): Stack {
  const provider = { props: { defaultTags } };
  const seen = (props: (resource: GraphResource) => Resource["props"]) =>
    graph.resources.map((resource) => ({
      type: resource.type,
      name: resource.name,
      urn: urnOf(graph, resource),
      props: props(resource),
      provider,
    }));
  return {
    inputs: seen(({ inputs }) => inputs),
    outputs: seen(({ id, attributes }) => ({ ...attributes, id })),
  };
}

function urnOf({ stage }: Graph, { type, name }: GraphResource): string {
  return `urn:pulumi:${stage}::henkan::${type}::${name}`;
}
