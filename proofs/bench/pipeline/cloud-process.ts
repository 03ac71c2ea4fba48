/**
 * Runs the local cloud with the bench's own stage in a process of its own. Sends every finished variant over IPC until
 * it is disconnected.
 */

import { join } from "node:path";
import { buildFunctions } from "@henkan/build";
import { projectDirectory } from "@henkan/build/directories";
import { startCloud } from "@henkan/local-cloud";
import { sendEvent, serve } from "../../processes/serve.ts";
import { type BenchCloudCalls, type FinishedVariant, variants } from "./cloud.ts";
import { declaredStage, distOf } from "./declared-stage.ts";

async function start(directory: string): Promise<{ api: string }> {
  // The functions are built into the bench's folder, because another process may use the project's.
  const [graph] = await Promise.all([declaredStage(directory, variants), buildFunctions(distOf(directory))]);
  const cloud = await startCloud(graph, {
    projectDirectory,
    dataDirectory: join(directory, "data"),
    ports: { api: 0, s3: 0, cdn: 0 },
  });
  cloud.topics.onPublish(({ topicArn, message }) => {
    if (topicArn !== graph.outputs.conversionsTopicArn) return;
    const { uploadId, variant, state } = JSON.parse(message);
    sendEvent({ uploadId, variant, state } satisfies FinishedVariant);
  });
  process.once("SIGTERM", async () => {
    await cloud.close();
    process.exit();
  });
  return { api: cloud.urls.api };
}

serve<BenchCloudCalls>({ start });
