import type { Edge, Node, NodeKind } from "./topology.ts";

/** Mermaid's brackets for each kind: https://mermaid.js.org/syntax/flowchart.html#node-shapes. */
const shapes: Readonly<Record<NodeKind, readonly [open: string, close: string]>> = {
  client: ["((", "))"],
  api: ["{{", "}}"],
  function: ["[", "]"],
  bucket: ["[(", ")]"],
  topic: ["([", "])"],
  queue: ["[[", "]]"],
  cdn: ["{{", "}}"],
};

/** Returns a Mermaid flowchart from left to right, with the nodes in the order in which the edges name them. */
export function mermaid(edges: readonly Edge[]): string {
  const nodes = new Map(edges.flatMap(({ from, to }) => [from, to]).map((node) => [node.name, node]));
  return ["flowchart LR", ...[...nodes.values()].map(declare), ...edges.map(draw)].join("\n  ");
}

function declare({ name, kind }: Node): string {
  const [open, close] = shapes[kind];
  return `${identifier(name)}${open}"${name}"${close}`;
}

function draw({ from, to, label, exceptional }: Edge): string {
  const arrow = exceptional ? "-.->" : "-->";
  return `${identifier(from.name)} ${arrow}${label ? `|"${label}"|` : ""} ${identifier(to.name)}`;
}

/** Returns an identifier that is not a word of Mermaid's, such as `end`, and has no hyphens, which end an identifier. */
function identifier(name: string): string {
  return `n_${name.replaceAll(/\W/g, "_")}`;
}
