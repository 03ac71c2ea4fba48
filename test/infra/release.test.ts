import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Graph, runProgram } from "@henkan/local-cloud";
import { expect } from "chai";
import { parseUploadKey, trialIdStart, uploadIdStart } from "../../contract/keys.ts";
import {
  all,
  arnOf,
  convertersOf,
  keyArns,
  one,
  repository,
  runConfig,
  runStage,
  stages,
  statements,
} from "./stages.ts";

function allow(actions: string[], resource: string | string[]) {
  return { Effect: "Allow", Action: actions, Resource: resource };
}

for (const stage of stages) {
  describe(`release of ${stage}`, () => {
    const functions = [...convertersOf(stage), "upload-api"];
    let graph: Graph;
    const arnsOf = (role: string) => functions.map((name) => arnOf(graph, `${role}${name}`));
    const alarmsOf = (name: string) =>
      (one(graph, `release-${name}`).inputs.alarmConfiguration as { alarms: string[] }).alarms;
    const functionArns = () => functions.map((name) => arnOf(graph, `${name}-function`));

    before(async () => {
      graph = await runStage(stage);
    });

    it("publishes a version of every function behind the alias live", () => {
      const declared = all(graph, "Function");
      expect(declared.map(({ inputs }) => inputs.publish)).to.deep.equal(declared.map(() => true));
      expect(all(graph, "Alias").map(({ inputs }) => inputs)).to.have.deep.members(
        declared.map(({ id }) => ({ name: "live", functionName: id, functionVersion: "1" })),
      );
    });

    for (const name of functions) {
      it(`shifts ${name}'s traffic step by step and rolls back automatically`, () => {
        const { alarmConfiguration, ...inputs } = one(graph, `release-${name}`).inputs;
        expect(inputs).to.deep.equal({
          appName: one(graph, "release-application").attributes.name,
          deploymentGroupName: name,
          serviceRoleArn: arnOf(graph, "release-role"),
          deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
          deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
          autoRollbackConfiguration: {
            enabled: true,
            events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
          },
        });
        const { enabled, alarms } = alarmConfiguration as { enabled: boolean; alarms: string[] };
        expect(enabled).to.equal(true);
        const names = all(graph, "MetricAlarm").map(({ attributes }) => attributes.name);
        expect(alarms).to.have.lengthOf.above(0);
        expect(names).to.include.members(alarms);
      });
    }

    it("deploys only Lambda functions", () => {
      expect(one(graph, "release-application").inputs).to.deep.equal({ computePlatform: "Lambda" });
    });

    it("lets CodeDeploy update these aliases, run the hook and read these alarms", () => {
      const watched = functions.flatMap((name) => alarmsOf(name));
      const alarmArns = watched.map(
        (name) => `arn:aws:cloudwatch:${graph.region}:${graph.accountId}:alarm:${name}`,
      );
      expect(statements(one(graph, "release-permissions"))).to.deep.equal([
        allow(["lambda:GetAlias", "lambda:UpdateAlias"], functionArns()),
        allow(
          ["lambda:GetProvisionedConcurrencyConfig"],
          functionArns().map((arn) => `${arn}:*`),
        ),
        allow(["lambda:InvokeFunction"], arnOf(graph, "release-pre-traffic-hook-function")),
        allow(["cloudwatch:DescribeAlarms"], alarmArns),
      ]);
      expect(statements(one(graph, "release-role"), "assumeRolePolicy")).to.deep.equal([
        {
          Effect: "Allow",
          Principal: { Service: "codedeploy.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": graph.accountId } },
        },
      ]);
    });

    it("lets the hook try these functions on reserved keys, and report the result of these deployments", () => {
      const [uploads, outputs] = [arnOf(graph, "uploads-bucket"), arnOf(graph, "outputs-bucket")];
      const { "storage-key": storageKey } = keyArns(graph);
      const own = statements(one(graph, "release-pre-traffic-hook-permissions")).filter(
        ({ Action }) => !/^(logs|xray):/.test(String(Action)),
      );
      expect(own).to.deep.equal([
        allow(
          ["lambda:InvokeFunction"],
          functionArns().map((arn) => `${arn}:*`),
        ),
        allow(
          ["codedeploy:GetDeployment", "codedeploy:PutLifecycleEventHookExecutionStatus"],
          arnsOf("release-"),
        ),
        allow(["codedeploy:GetApplicationRevision"], arnOf(graph, "release-application")),
        allow(["s3:PutObject", "s3:DeleteObject"], `${uploads}/ffffffff-*`),
        allow(["s3:GetObject", "s3:DeleteObject"], `${outputs}/files/ffffffff-*`),
        allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], `${outputs}/receipts/ffffffff-*`),
        ...(storageKey ? [allow(["kms:Decrypt", "kms:GenerateDataKey"], storageKey)] : []),
      ]);
    });

    it("gives the hook the role of each function, in an environment that Lambda accepts", () => {
      const { variables } = one(graph, "release-pre-traffic-hook-function").inputs.environment as {
        variables: Record<string, string>;
      };
      expect(JSON.parse(String(variables.FUNCTIONS))).to.deep.equal(
        Object.fromEntries(functions.map((name) => [one(graph, `${name}-function`).id, name])),
      );
      expect(variables).to.include({
        UPLOADS_BUCKET: graph.outputs.uploadsBucket,
        OUTPUTS_BUCKET: graph.outputs.outputsBucket,
      });
      expect(Buffer.byteLength(JSON.stringify(variables))).to.be.below(4096);
    });

    it("exports the functions whose traffic is shifted", () => {
      expect(graph.outputs.releasePlan).to.deep.equal({
        application: one(graph, "release-application").attributes.name,
        hook: {
          functionName: one(graph, "release-pre-traffic-hook-function").id,
          logGroup: one(graph, "release-pre-traffic-hook-logs").id,
        },
        targets: functions.map((name) => ({
          name,
          functionName: one(graph, `${name}-function`).id,
          alias: "live",
          version: "1",
          deploymentGroup: name,
          alarms: alarmsOf(name),
        })),
      });
    });
  });
}

describe("release settings", () => {
  it("name one of CodeDeploy's configurations by its short name", async () => {
    const graph = await runStage("dev");
    expect(one(graph, "release-zip").inputs.deploymentConfigName).to.equal(
      "CodeDeployDefault.LambdaAllAtOnce",
    );
  });

  it("refuse an unknown configuration, and name the known ones", async () => {
    const error: Error = await runConfig({ deployment: "Canary50Percent1Minute" }).then(
      () => expect.fail("expected the configuration to be refused"),
      (reason) => reason,
    );
    expect(error.message)
      .to.include("henkan:deployment: expected ")
      .and.include('"AllAtOnce" or "Canary10Percent5Minutes"')
      .and.include('received "Canary50Percent1Minute"');
  });
});

describe("keys of trials", () => {
  it("are valid keys of uploads that no client gets and that S3 does not announce", () => {
    const uploadId = `${trialIdStart}0000-4000-8000-000000000000`;
    expect(parseUploadKey(`${uploadId}/golden.png`)).to.deep.equal({ uploadId, filename: "golden.png" });
    expect(uploadId.startsWith(uploadIdStart)).to.equal(false);
  });
});

describe("alias of a function", () => {
  /** Returns the `ignoreChanges` of the alias, which only a transformation can read. */
  async function ignoredChanges(gradual: boolean): Promise<unknown> {
    const directory = await mkdtemp(join(tmpdir(), "henkan-alias-"));
    const program = `
      import { LambdaFunction } from "${join(repository, "infra/lambda-function.ts")}";
      let ignored = [];
      const transformations = [({ type, opts }) => {
        if (type === "aws:lambda/alias:Alias") ignored = opts.ignoreChanges ?? [];
      }];
      const args = { bundle: "zip", memoryMb: 128, timeoutSeconds: 3, environment: {}, permissions: [] };
      const stage = { logLevel: "info", logRetentionDays: 3 };
      new LambdaFunction("f", { ...args, stage, gradual: ${gradual} }, { transformations });
      export { ignored };`;
    const account = 'aws:region: eu-central-1, aws:allowedAccountIds: ["123456789012"]';
    await writeFile(join(directory, "Pulumi.yaml"), "{ name: fixture, runtime: nodejs, main: program.mjs }");
    await writeFile(join(directory, "Pulumi.dev.yaml"), `config: { ${account} }`);
    await writeFile(join(directory, "program.mjs"), program);
    const run = runProgram({ projectDirectory: directory, stage: "dev" });
    return (await run.finally(() => rm(directory, { recursive: true }))).outputs.ignored;
  }

  it("is moved by CodeDeploy, not by Pulumi", async () => {
    expect(await ignoredChanges(true)).to.deep.equal(["functionVersion", "routingConfig"]);
  });

  it("follows the newest version of the hook, which has no gradual release", async () => {
    expect(await ignoredChanges(false)).to.deep.equal([]);
  });
});
