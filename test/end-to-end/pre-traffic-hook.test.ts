import { createHash } from "node:crypto";
import type { Denial } from "@henkan/local-cloud";
import { expect } from "chai";
import { pipelineGraph } from "../support/graphs.ts";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { type HookRun, startHookRun } from "./hook-run.ts";

describe("pre-traffic hook in the local cloud", () => {
  const data = temporaryDirectory();
  let pipeline: Pipeline;
  let run: HookRun;
  const denials: Denial[] = [];

  before(async () => {
    pipeline = await startPipeline(data.path, { onDenied: (denial) => denials.push(denial) });
    run = await startHookRun(await pipelineGraph(), pipeline.cloud);
  });

  after(async () => {
    await run.close();
    await pipeline.cloud.close();
    data.remove();
  });

  for (const name of ["resize", "png-to-jpg", "zip", "upload-api"]) {
    it(`accepts a working version of ${name}`, async () => {
      expect(await run.tryFunction(name), run.logs.join("\n")).to.equal("Succeeded");
      expect(run.invoked.map(({ version }) => version)).to.include("7");
    });
  }

  it("invokes only functions that its role may invoke", async () => {
    const principal = run.hook.settings.roleArn;
    for (const { arn } of run.invoked) {
      const request = { principal, action: "lambda:InvokeFunction", resource: arn };
      expect(pipeline.cloud.permissions.allows(request), arn).to.equal(true);
    }
  });

  it("leaves no object behind, invokes no converter and publishes no event", () => {
    expect(run.objects()).to.deep.equal([]);
    expect(pipeline.reports).to.deep.equal([]);
    expect(pipeline.events).to.deep.equal([]);
    expect(denials).to.deep.equal([]);
  });

  it("refuses a version that converts nothing", async () => {
    run.replace("resize", () => ({ batchItemFailures: [] }));
    expect(await run.tryFunction("resize")).to.equal("Failed");
    expect(run.logs.join()).to.include("thumbnail of image/jpeg: no receipt was written");
    expect(run.objects()).to.deep.equal([]);
  });

  it("requests the AppSpec from CodeDeploy by its hash", () => {
    const sha256 = createHash("sha256").update(run.appSpec("resize")).digest("hex");
    expect(run.codedeploy.map(({ action }) => action)).to.include.members([
      "GetDeployment",
      "GetApplicationRevision",
      "PutLifecycleEventHookExecutionStatus",
    ]);
    const asked = run.codedeploy.find(({ action }) => action === "GetApplicationRevision");
    expect(asked?.body).to.deep.equal({
      applicationName: "release",
      revision: { revisionType: "AppSpecContent", appSpecContent: { sha256 } },
    });
  });
});
