import { expect } from "chai";
import { runStage } from "../infra/stages.ts";
import { pipelineGraph } from "../support/graphs.ts";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { finished, upload } from "../support/uploads.ts";

describe("a hardened stage", () => {
  const data = temporaryDirectory();
  const denied: unknown[] = [];
  let pipeline: Pipeline;

  before(async () => {
    // Its bundles are those of every stage.
    await pipelineGraph();
    const graph = await runStage("prod");
    pipeline = await startPipeline(data.path, { graph, onDenied: (denial) => denied.push(denial) });
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  it("runs locally, and no call is refused", async () => {
    const body = Buffer.from("minutes of the meeting");
    const { id } = await upload(pipeline, "minutes.txt", "text/plain", body);
    const { state, variants } = await finished(pipeline, id);
    expect([state, variants.map(({ name }) => name)]).to.deep.equal(["complete", ["archive"]]);
    expect((await fetch(variants[0]?.url ?? "")).status).to.equal(200);
    expect(denied).to.deep.equal([]);
  });
});
