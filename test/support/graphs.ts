import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildFunctions } from "@henkan/build";
import { projectDirectory } from "@henkan/build/directories";
import { type Graph, runProgram } from "@henkan/local-cloud";
import { stringify } from "yaml";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A stage of the tests' own: edits of a real stage do not change what the tests expect. */
const stage = "end-to-end";
const config = {
  "aws:region": "ap-northeast-1",
  "aws:allowedAccountIds": ["111111111111"],
  "henkan:variants": {
    thumbnail: { converter: "resize", width: 300, height: 300 },
    preview: { converter: "resize", width: 1280, format: "webp" },
    jpg: { converter: "png-to-jpg" },
    archive: { converter: "zip" },
  },
  "henkan:maximumConcurrency": 2,
};

/** The bundles, built once for all tests of a process. */
let built: Promise<unknown> | undefined;

let graph: Promise<Graph> | undefined;

/** Returns the graph of the tests' stage, with its bundles built. It is made once for all tests of a process. */
export function pipelineGraph(): Promise<Graph> {
  graph ??= graphWith({});
  return graph;
}

/** Returns the graph of the tests' stage with these variants, with its bundles built. */
export function graphWithVariants(variants: object): Promise<Graph> {
  return graphWith({ "henkan:variants": variants });
}

/** Returns the graph of the tests' stage with these settings, by their keys in a stage file, with its bundles built. */
export async function graphWith(settings: Readonly<Record<string, unknown>>): Promise<Graph> {
  built ??= buildFunctions();
  await built;
  const directory = temporaryDirectory();
  try {
    const project = { name: "henkan", runtime: "nodejs", main: join(projectDirectory, "index.ts") };
    writeFileSync(join(directory.path, "Pulumi.yaml"), stringify(project));
    writeFileSync(
      join(directory.path, `Pulumi.${stage}.yaml`),
      stringify({ config: { ...config, ...settings } }),
    );
    return await runProgram({ projectDirectory: directory.path, stage });
  } finally {
    directory.remove();
  }
}
