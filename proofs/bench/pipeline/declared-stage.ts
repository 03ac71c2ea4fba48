import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import { type Graph, runProgram } from "@henkan/local-cloud";
import { stringify } from "yaml";

const stage = "bench";

/** Returns the folder in which a stage in `directory` expects the bundles that `buildFunctions` writes. */
export const distOf = (directory: string) => join(directory, "program", "dist");

/** Returns the graph that the program declares for a stage with these `henkan:variants`; its files are in `directory`. */
export async function declaredStage(directory: string, variants: unknown): Promise<Graph> {
  const program = join(directory, "program");
  mkdirSync(program, { recursive: true });
  const config = {
    "aws:region": "eu-central-1",
    "aws:allowedAccountIds": ["111111111111"],
    "henkan:variants": variants,
    "henkan:maximumConcurrency": 2,
    "henkan:apiThrottle": { rate: 10_000, burst: 5_000 },
  };
  const project = { name: "henkan", runtime: "nodejs", main: join(projectDirectory, "index.ts") };
  writeFileSync(join(program, "Pulumi.yaml"), stringify(project));
  writeFileSync(join(program, `Pulumi.${stage}.yaml`), stringify({ config }));
  return runProgram({ projectDirectory: program, stage });
}
