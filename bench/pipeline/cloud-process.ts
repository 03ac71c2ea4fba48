/**
 * The local cloud over the folder that is its argument, with a stage of the bench's own, in a process of its own. Tells
 * of every completion over IPC, until it is disconnected.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { startCloud } from "../../local/cloud.ts";
import { runProgram } from "../../local/program.ts";
import { projectDirectory } from "../../scripts/build/directories.ts";
import { buildFunctions } from "../../scripts/build/functions.ts";
import { type CloudMessage, variants } from "./cloud.ts";

const [directory = ""] = process.argv.slice(2);
const stage = "bench";

function tell(message: CloudMessage): void {
  process.send?.(message);
}

process.once("disconnect", () => process.exit());

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
const [declared] = await Promise.all([runProgram({ projectDirectory: program, stage }), buildFunctions()]);
// The program names the bundles relative to its project.
const graph: typeof declared = JSON.parse(JSON.stringify(declared).replaceAll(program, projectDirectory));

const cloud = await startCloud(graph, {
  projectDirectory,
  dataDirectory: join(directory, "data"),
  ports: { api: 0, s3: 0, cdn: 0 },
});
cloud.topics.onPublish(({ topicArn, message }) => {
  if (topicArn !== graph.outputs.conversionsTopicArn) return;
  const { uploadId, variant, state } = JSON.parse(message);
  tell({ kind: "finished", uploadId, variant, state });
});
process.once("SIGTERM", async () => {
  await cloud.close();
  process.exit();
});
tell({ kind: "ready", api: cloud.urls.api });
