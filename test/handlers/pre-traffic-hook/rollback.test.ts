import { expect } from "chai";
import { preTrafficHook } from "../../../handlers/pre-traffic-hook/handler.ts";
import { awsVariables, withEnvironment } from "../support/environment.ts";
import { captureLogs } from "../support/logs.ts";
import { standIn } from "../support/stand-in.ts";

const deploymentId = "d-2";

describe("the pre-traffic hook of a rollback", () => {
  const logs = captureLogs();
  const { endpoint, requests } = standIn(() => ({
    body: JSON.stringify({ deploymentInfo: { applicationName: "henkan", creator: "codeDeployRollback" } }),
  }));
  withEnvironment(() => ({
    ...awsVariables,
    AWS_ENDPOINT_URL: endpoint.url,
    UPLOADS_BUCKET: "uploads",
    OUTPUTS_BUCKET: "outputs",
    VARIANTS: "[]",
    FUNCTIONS: "{}",
  }));

  it("accepts the version without a trial, and logs that", async () => {
    const event = { DeploymentId: deploymentId, LifecycleEventHookExecutionId: "hook-1" };
    await preTrafficHook({})(event, { getRemainingTimeInMillis: () => 60_000 });
    expect(
      requests.map(({ headers, body }) => [headers["x-amz-target"], JSON.parse(String(body))]),
    ).to.deep.equal([
      ["CodeDeploy_20141006.GetDeployment", { deploymentId }],
      [
        "CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus",
        { deploymentId, lifecycleEventHookExecutionId: "hook-1", status: "Succeeded" },
      ],
    ]);
    expect(logs.find(({ level }) => level === "warn")).to.include({
      message: "A rollback is not tried: its version has had traffic before",
      deploymentId,
    });
  });
});
