import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import type { ReleasePlan } from "../../../../contract/stack-outputs.ts";
import { release } from "../../../../packages/cli/release/release.ts";
import { clientSettings } from "../../../handlers/support/stand-in.ts";
import { codeDeployError, codeDeployStandIn, type Look } from "./code-deploy.ts";

const plan: ReleasePlan = {
  application: "henkan",
  hook: { functionName: "hook-function", logGroup: "hook-logs" },
  targets: [
    {
      name: "resize",
      functionName: "resize-function",
      alias: "live",
      version: "7",
      deploymentGroup: "resize",
      alarms: ["resize-errors", "resize-throttles"],
    },
  ],
};

const running: Look = { info: { status: "InProgress" } };
const succeeded: Look = { info: { status: "Succeeded" }, liveVersion: "7" };
const rolledBack: Look = { info: { status: "Succeeded" }, liveVersion: "6" };

function event(name: string, status: "InProgress" | "Succeeded" | "Failed", weight: number): Look {
  return {
    info: { status: "InProgress" },
    target: {
      lifecycleEvents: [
        { lifecycleEventName: name, status },
        { lifecycleEventName: "AfterAllowTraffic", status: "Pending" },
      ],
      lambdaFunctionInfo: { targetVersion: "7", targetVersionWeight: weight },
    },
  };
}

describe("release", () => {
  const { endpoint, stories, aliases, underWay, refusals, actions } = codeDeployStandIn();
  const lines: string[] = [];
  const output = () => lines.join("\n");
  const named = (name: string) => actions.filter(({ action }) => action === name);

  beforeEach(() => {
    lines.length = 0;
    aliases.set("resize-function", { version: "6" });
  });

  function run(onLine: (line: string) => void = () => {}): Promise<number> {
    const settings = { ...clientSettings, endpoint: endpoint.url, maxAttempts: 4 };
    return release(plan, {
      codedeploy: new CodeDeployClient(settings),
      lambda: new LambdaClient(settings),
      log: (line) => {
        lines.push(line);
        onLine(line);
      },
      pollMilliseconds: 1,
      graceMilliseconds: 20,
    });
  }

  it("shifts the alias to the newest version through the hook", async () => {
    stories.set("d-1", [running, succeeded]);
    expect(await run()).to.equal(0);
    const [create] = named("CreateDeployment");
    expect(create?.body).to.include({ applicationName: "henkan", deploymentGroupName: "resize" });
    expect(create?.body.revision).to.include({ revisionType: "AppSpecContent" });
    const { appSpecContent } = { ...create?.body }.revision as { appSpecContent: { content: string } };
    expect(appSpecContent.content).to.match(/^\{"version":0\.0,/);
    expect(JSON.parse(appSpecContent.content)).to.deep.equal({
      version: 0,
      Resources: [
        {
          resize: {
            Type: "AWS::Lambda::Function",
            Properties: { Name: "resize-function", Alias: "live", CurrentVersion: "6", TargetVersion: "7" },
          },
        },
      ],
      Hooks: [{ BeforeAllowTraffic: "hook-function" }],
    });
    expect(output()).to.include("resize: version 7 has all traffic");
  });

  it("prints each step once, with the share of the traffic", async () => {
    const canary = event("AllowTraffic", "InProgress", 10);
    stories.set("d-1", [event("BeforeAllowTraffic", "InProgress", 0), canary, canary, canary, succeeded]);
    await run();
    expect(lines.filter((line) => line.includes("AllowTraffic"))).to.deep.equal([
      "resize: d-1 InProgress, BeforeAllowTraffic InProgress, version 7 has 0 % of the traffic",
      "resize: d-1 InProgress, AllowTraffic InProgress, version 7 has 10 % of the traffic",
    ]);
  });

  it("shifts nothing when the alias has the newest version, as after the first deployment", async () => {
    aliases.set("resize-function", { version: "7" });
    expect(await run()).to.equal(0);
    expect(named("CreateDeployment")).to.deep.equal([]);
  });

  it("names the alarm that rolled a version back, after the rollback has ended", async () => {
    const message = "Activated alarms: resize-errors";
    const failed: Look = {
      info: {
        status: "Stopped",
        errorInformation: { code: "ALARM_ACTIVE", message },
        rollbackInfo: { rollbackDeploymentId: "d-rollback" },
      },
      liveVersion: "7",
    };
    stories.set("d-1", [running, failed]);
    stories.set("d-rollback", [running, rolledBack]);
    expect(await run()).to.equal(1);
    expect(output()).to.include("resize: version 7 was rolled back, version 6 has all traffic");
    expect(output()).to.include("An alarm stopped d-1: resize-errors. ");
  });

  const stopped = { status: "Stopped", errorInformation: { code: "ALARM_ACTIVE" } } as const;
  const withRollback = { ...stopped, rollbackInfo: { rollbackDeploymentId: "d-rollback" } };
  const canary = { liveVersion: "6", additionalWeights: { 7: 0.1 } };

  it("waits for a rollback that CodeDeploy creates only after the deployment has ended", async () => {
    const late: Look = { info: stopped, ...canary };
    stories.set("d-1", [running, late, late, { info: withRollback }]);
    stories.set("d-rollback", [running, running, rolledBack]);
    expect(await run()).to.equal(1);
    expect(output()).to.include("resize: version 7 was rolled back, version 6 has all traffic");
  });

  it("reports a failed rollback, the versions that the alias serves, and how to roll back by hand", async () => {
    const target = { lambdaFunctionInfo: { currentVersion: "6", targetVersion: "7" } };
    const errorInformation = { code: "INTERNAL_ERROR", message: "no idea" } as const;
    stories.set("d-1", [running, { info: withRollback, target, ...canary }]);
    stories.set("d-rollback", [running, { info: { status: "Failed", errorInformation } }]);
    expect(await run()).to.equal(1);
    expect(output()).to.include(
      "resize: rolling version 7 back failed, version 6 has 90 % and version 7 has 10 % of the traffic",
    );
    expect(output()).to.include("d-rollback Failed: INTERNAL_ERROR: no idea");
    expect(output()).to.include(
      "aws lambda update-alias --function-name resize-function --name live --function-version 6 --routing-config",
    );
  });

  it("reports a version that is not rolled back within the time limit", async () => {
    stories.set("d-1", [running, { info: stopped, liveVersion: "7" }]);
    expect(await run()).to.equal(1);
    expect(output()).to.include("resize: version 7 is not rolled back yet, version 7 has all traffic");
    expect(output()).to.include("aws deploy get-deployment --deployment-id d-1");
  });

  it("names every alarm of the function when CodeDeploy names none", async () => {
    stories.set("d-1", [{ info: { status: "Stopped", errorInformation: { code: "ALARM_ACTIVE" } } }]);
    expect(await run()).to.equal(1);
    expect(output()).to.include("An alarm stopped d-1: one of resize-errors, resize-throttles");
  });

  it("names the hook that refused a version, and the log with its reason", async () => {
    stories.set("d-1", [{ ...event("BeforeAllowTraffic", "Failed", 0), info: { status: "Failed" } }]);
    expect(await run()).to.equal(1);
    expect(output()).to.include("The pre-traffic hook hook-function refused it in d-1");
    expect(output()).to.include("aws logs tail hook-logs");
  });

  it("reports a deployment that was stopped on request, and any other failure", async () => {
    stories.set("d-1", [{ info: { status: "Stopped", errorInformation: { code: "MANUAL_STOP" } } }]);
    expect(await run()).to.equal(1);
    expect(output()).to.include("d-1 was stopped on request");
    const errorInformation = { code: "TIMEOUT", message: "too slow" } as const;
    stories.set("d-2", [{ info: { status: "Failed", errorInformation } }]);
    expect(await run()).to.equal(1);
    expect(output()).to.include("d-2 failed: TIMEOUT: too slow");
  });

  it("continues when CodeDeploy throttles or has not started the deployment yet", async () => {
    stories.set("d-1", [event("AllowTraffic", "InProgress", 10), succeeded]);
    refusals.push(
      { action: "GetDeployment", reply: codeDeployError("ThrottlingException") },
      { action: "CreateDeployment", reply: codeDeployError("ThrottlingException") },
      { action: "ListDeploymentTargets", reply: codeDeployError("DeploymentNotStartedException") },
    );
    expect(await run()).to.equal(0);
  });

  it("names the error that kept a function's traffic from being shifted", async () => {
    refusals.push({
      action: "CreateDeployment",
      reply: codeDeployError("DeploymentGroupDoesNotExistException"),
    });
    expect(await run()).to.equal(1);
    expect(output()).to.include("Not shifted: DeploymentGroupDoesNotExistException by the test");
  });

  it("follows a deployment of the same version that an interrupted release has left", async () => {
    underWay.set("resize", "d-earlier");
    stories.set("d-earlier", [running, succeeded]);
    expect(await run()).to.equal(0);
    expect(named("CreateDeployment")).to.deep.equal([]);
  });

  it("waits for a deployment of another version, then shifts", async () => {
    underWay.set("resize", "d-earlier");
    stories.set("d-earlier", [running, { info: { status: "Succeeded" }, liveVersion: "5" }]);
    stories.set("d-1", [succeeded]);
    expect(await run()).to.equal(0);
    expect(JSON.stringify(named("CreateDeployment")[0]?.body)).to.include('\\"CurrentVersion\\":\\"5\\"');
  });

  const interruptAt = (text: string, times: number) => {
    let left = times;
    return (line: string) => {
      if (!line.includes(text) || left === 0) return;
      for (; left > 0; left--) process.emit("SIGINT");
    };
  };

  it("lets CodeDeploy continue after one Ctrl-C, and prints how to stop it", async () => {
    stories.set("d-1", [running]);
    expect(await run(interruptAt("d-1 InProgress", 1))).to.equal(130);
    expect(output()).to.include("CodeDeploy continues without this command");
    expect(output()).to.include("aws deploy stop-deployment --auto-rollback-enabled --deployment-id d-1");
    expect(named("StopDeployment")).to.deep.equal([]);
  });

  it("stops the deployment after a second Ctrl-C, and waits for its rollback", async () => {
    const rollbackInfo = { rollbackDeploymentId: "d-rollback" };
    const errorInformation = { code: "MANUAL_STOP" } as const;
    stories.set("d-1", [running, running, { info: { status: "Stopped", errorInformation, rollbackInfo } }]);
    stories.set("d-rollback", [running, rolledBack]);
    expect(await run(interruptAt("d-1 InProgress", 2))).to.equal(1);
    expect(named("StopDeployment").map(({ body }) => body)).to.deep.equal([
      { deploymentId: "d-1", autoRollbackEnabled: true },
    ]);
    expect(output()).to.include("version 6 has all traffic");
  });

  it("removes its signal handlers", async () => {
    const before = process.listenerCount("SIGINT");
    stories.set("d-1", [succeeded]);
    await run();
    expect(process.listenerCount("SIGINT")).to.equal(before);
  });
});
