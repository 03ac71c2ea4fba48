import { runProgram } from "@henkan/local-cloud";
import { expect } from "chai";
import {
  finished,
  type Pipeline,
  pipelineGraph,
  projectDirectory,
  startPipeline,
  temporaryDirectory,
  upload,
} from "./pipeline.ts";

describe("prod, hardened as it is", () => {
  const data = temporaryDirectory();
  const denied: unknown[] = [];
  let pipeline: Pipeline;

  before(async () => {
    // Its bundles are those of every stage.
    await pipelineGraph();
    const graph = await runProgram({ projectDirectory, stage: "prod" });
    pipeline = await startPipeline(data.path, { graph, onDenied: (denial) => denied.push(denial) });
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  it("runs here whole, and is denied nothing", async () => {
    const body = Buffer.from("minutes of the meeting");
    const { id } = await upload(pipeline, "minutes.txt", "text/plain", body);
    const { state, variants } = await finished(pipeline, id);
    expect([state, variants.map(({ name }) => name)]).to.deep.equal(["complete", ["archive"]]);
    expect((await fetch(variants[0]?.url ?? "")).status).to.equal(200);
    expect(denied).to.deep.equal([]);
  });
});
