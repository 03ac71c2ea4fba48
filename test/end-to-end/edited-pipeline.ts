import type { Denial } from "@henkan/local-cloud";
import { pipelineGraph } from "../support/graphs.ts";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import type { Edit } from "./policy-edits.ts";

/**
 * Gives each test of a suite a `start` that changes the pipeline's program and then starts it. Also returns the denied
 * requests, and the functions that have logged, of the current test.
 */
export function editedPipeline() {
  const denials: Denial[] = [];
  const logs: string[] = [];
  let data: ReturnType<typeof temporaryDirectory>;
  let pipeline: Pipeline | undefined;
  beforeEach(() => {
    data = temporaryDirectory();
    denials.length = 0;
    logs.length = 0;
  });
  afterEach(async () => {
    await pipeline?.cloud.close();
    pipeline = undefined;
    data.remove();
  });

  async function start(...edits: Edit[]): Promise<Pipeline> {
    pipeline = await startPipeline(data.path, {
      graph: edits.reduce((edited, edit) => edit(edited), await pipelineGraph()),
      onDenied: (denial) => denials.push(denial),
      onLog: (name) => logs.push(name),
    });
    return pipeline;
  }
  return { start, denials, logs };
}
