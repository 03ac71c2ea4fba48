/**
 * The local cloud over the folder that is its argument, with a stage of the bench's own, in a process of its own. Tells
 * of every completion over IPC, until it is disconnected.
 */

import { join } from "node:path";
import { buildFunctions } from "@henkan/build";
import { projectDirectory } from "@henkan/build/directories";
import { startCloud } from "@henkan/local-cloud";
import { type CloudMessage, variants } from "./cloud.ts";
import { declaredStage, distOf } from "./declared-stage.ts";

const [directory = ""] = process.argv.slice(2);

function tell(message: CloudMessage): void {
  process.send?.(message);
}

process.once("disconnect", () => process.exit());

// Not the project's own, which others may be using.
const [graph] = await Promise.all([declaredStage(directory, variants), buildFunctions(distOf(directory))]);

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
