import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { deployedVersion } from "../../../handlers/pre-traffic-hook/deployed-version.ts";
import { versionInvoker } from "../../../handlers/pre-traffic-hook/invoke-version.ts";
import { reportingHook } from "../../../handlers/pre-traffic-hook/report.ts";
import { captureLogs } from "../support/logs.ts";
import { rejection } from "../support/rejection.ts";
import { clientSettings, type Reply, standIn } from "../support/stand-in.ts";

const event = { DeploymentId: "d-1", LifecycleEventHookExecutionId: "hook-1" };
const context = (milliseconds: number) => ({ getRemainingTimeInMillis: () => milliseconds });

describe("reportingHook", () => {
  const logs = captureLogs();
  const { endpoint, requests } = standIn(() => ({ body: "{}" }));
  const client = () => new CodeDeployClient({ ...clientSettings, endpoint: endpoint.url });
  const reported = () => requests.map(({ body }) => JSON.parse(body.toString()));
  const report = (status: string) => [
    { deploymentId: "d-1", lifecycleEventHookExecutionId: "hook-1", status },
  ];

  it("accepts a version without failures", async () => {
    await reportingHook(client(), async () => [])(event, context(60_000));
    expect(reported()).to.deep.equal(report("Succeeded"));
  });

  it("refuses a version with failures, and logs them", async () => {
    await reportingHook(client(), async () => ["too small"])(event, context(60_000));
    expect(reported()).to.deep.equal(report("Failed"));
    expect(JSON.stringify(logs)).to.include("too small");
  });

  it("refuses a version whose trial throws, and logs the error", async () => {
    const trial = async () => {
      throw new Error("S3 is away");
    };
    await reportingHook(client(), trial)(event, context(60_000));
    expect(reported()).to.deep.equal(report("Failed"));
    expect(JSON.stringify(logs)).to.include("S3 is away");
  });

  it("reports before its own time limit", async () => {
    const endless = (_: string, signal: AbortSignal) =>
      new Promise<string[]>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    await reportingHook(client(), endless)(event, context(10_001));
    expect(reported()).to.deep.equal(report("Failed"));
  });
});

describe("deployedVersion", () => {
  let answers: object[];
  const { endpoint, requests } = standIn(() => ({ body: JSON.stringify(answers.shift()) }));
  const find = () =>
    deployedVersion(new CodeDeployClient({ ...clientSettings, endpoint: endpoint.url }), "d-1");
  const deployment = {
    deploymentInfo: { applicationName: "henkan", revision: { appSpecContent: { sha256: "abc" } } },
  };
  const revision = (Resources: object[], field = "appSpecContent") => ({
    revision: { [field]: { content: JSON.stringify({ version: 0, Resources }) } },
  });
  const resource = { Properties: { Name: "resize-function", TargetVersion: "7", CurrentVersion: "6" } };

  for (const field of ["appSpecContent", "string"]) {
    it(`reads function and version from the AppSpec in ${field}`, async () => {
      const named = { revisionType: "AppSpecContent", [field]: { sha256: "abc" } };
      answers = [
        { deploymentInfo: { applicationName: "henkan", creator: "user", revision: named } },
        revision([{ resize: resource }], field),
      ];
      expect(await find()).to.deep.equal({ functionName: "resize-function", version: "7" });
      expect(JSON.parse(String(requests[1]?.body))).to.deep.equal({
        applicationName: "henkan",
        revision: named,
      });
    });
  }

  it("has no version to try in a rollback", async () => {
    answers = [{ deploymentInfo: { ...deployment.deploymentInfo, creator: "codeDeployRollback" } }];
    expect(await find()).to.equal(undefined);
  });

  it("refuses a deployment of something other than a function", async () => {
    answers = [{ deploymentInfo: { applicationName: "henkan" } }];
    expect((await rejection(find())).message).to.equal("d-1 is not a deployment with an AppSpec");
    answers = [deployment, revision([{ a: resource }, { b: resource }])];
    expect((await rejection(find())).name).to.equal("ValiError");
    answers = [deployment, revision([{}])];
    expect((await rejection(find())).message).to.equal("The AppSpec of d-1 names no function");
  });
});

describe("versionInvoker", () => {
  let reply: Reply;
  const { endpoint, requests } = standIn(() => reply);
  const invoke = (signal = AbortSignal.timeout(60_000)) =>
    versionInvoker(
      new LambdaClient({ ...clientSettings, endpoint: endpoint.url }),
      { functionName: "resize-function", version: "7" },
      signal,
    )({ hello: 1 });

  it("invokes exactly the version on trial", async () => {
    reply = { body: '{"a":1}' };
    expect(await invoke()).to.deep.equal({ a: 1 });
    const [request] = requests;
    expect(request?.path).to.equal("/2015-03-31/functions/resize-function/invocations");
    expect(request?.query.get("Qualifier")).to.equal("7");
    expect(request?.body.toString()).to.equal('{"hello":1}');
  });

  it("reports the error of the version", async () => {
    const body = '{"errorType":"Runtime.ImportModuleError","errorMessage":"no sharp"}';
    reply = { headers: { "x-amz-function-error": "Unhandled" }, body };
    const { name, message } = await rejection(invoke());
    expect(name).to.equal("TrialError");
    expect(message).to.equal("version 7 failed: Runtime.ImportModuleError: no sharp");
  });

  it("aborts with its signal", async () => {
    reply = { body: "{}" };
    expect((await rejection(invoke(AbortSignal.abort()))).name).to.equal("AbortError");
  });
});
