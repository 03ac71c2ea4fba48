import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { LocalCloudError } from "../../../packages/local-cloud/errors.ts";
import { runProgram } from "../../../packages/local-cloud/program.ts";
import { UnknownResourceTypeError } from "../../../packages/local-cloud/resource-types.ts";

const repository = resolve(import.meta.dirname, "../../..");
const stageFile = 'config: { aws:region: eu-central-1, aws:allowedAccountIds: ["123456789012"] }';

describe("runProgram", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "henkan-program-"));
    await symlink(join(repository, "node_modules"), join(directory, "node_modules"));
    await writeFile(join(directory, "Pulumi.yaml"), "{ name: fixture, runtime: nodejs, main: program.mjs }");
    await writeFile(join(directory, "Pulumi.dev.yaml"), stageFile);
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function run(program: string, stage = "dev") {
    const imports = ['import * as aws from "@pulumi/aws";', 'import * as pulumi from "@pulumi/pulumi";'];
    await writeFile(join(directory, "program.mjs"), [...imports, program].join("\n"));
    return runProgram({ projectDirectory: directory, stage });
  }

  async function failureOf(run: Promise<unknown>): Promise<string> {
    return run.then(
      () => expect.fail("expected the run to fail"),
      (error: Error) => error.message,
    );
  }

  it("returns the resources that the program declares, with resolved references", async () => {
    const { resources, outputs } = await run(`
      const topic = new aws.sns.Topic("news");
      new aws.sns.TopicSubscription("mail", { topic: topic.arn, protocol: "email", endpoint: "a@example.com" });
      export const topicArn = topic.arn;
    `);
    const [topic, subscription] = resources;
    expect(resources.map(({ type }) => type)).to.deep.equal([
      "aws:sns/topic:Topic",
      "aws:sns/topicSubscription:TopicSubscription",
    ]);
    expect(topic?.id).to.match(/^arn:aws:sns:eu-central-1:123456789012:news-[0-9a-f]{7}$/);
    expect(subscription?.inputs).to.deep.equal({
      topic: topic?.id,
      protocol: "email",
      endpoint: "a@example.com",
    });
    expect(outputs).to.deep.equal({ topicArn: topic?.id });
  });

  it("refuses two resources with the same URN, as Pulumi does", async () => {
    const group = 'new pulumi.ComponentResource("made:up:Group", "group")';
    const failure = await failureOf(
      run(`
        const parent = ${group};
        new aws.sqs.Queue("jobs", {}, { parent });
        new aws.sqs.Queue("jobs", {}, { parent });
      `),
    );
    expect(failure).to.equal(
      'The program declares two resources of type aws:sqs/queue:Queue with the name "jobs". ' +
        "Pulumi needs a different name for each",
    );
    expect(await failureOf(run(`${group}; ${group};`))).to.contain(
      'type made:up:Group with the name "group"',
    );
  });

  it("keeps the order of declaration, though Pulumi registers a resource when its inputs are known", async () => {
    const graph = await run(`
      const topic = new aws.sns.Topic("last", {}, { parent: new pulumi.ComponentResource("made:up:Group", "group") });
      new aws.apigatewayv2.Api("one", { protocolType: "HTTP", description: topic.arn });
      new aws.apigatewayv2.Api("two", { protocolType: "HTTP" });
    `);
    expect(graph.resources.map(({ name }) => name)).to.deep.equal(["last", "one", "two"]);
    expect(graph.all("aws:apigatewayv2/api:Api").map(({ name }) => name)).to.deep.equal(["one", "two"]);
    expect(graph.resources.map(({ parent }) => parent)).to.deep.equal(["group", undefined, undefined]);
  });

  it("gives a resource the same name in every run, and another name in another stage", async () => {
    await writeFile(join(directory, "Pulumi.test.yaml"), stageFile);
    const program = 'export const name = new aws.s3.Bucket("files").bucket;';
    const first = await run(program);
    expect((await run(program)).outputs).to.deep.equal(first.outputs);
    expect((await run(program, "test")).outputs).not.to.deep.equal(first.outputs);
  });

  it("keeps a name that the program gives", async () => {
    const { outputs } = await run('export const arn = new aws.sqs.Queue("q", { name: "jobs" }).arn;');
    expect(outputs.arn).to.equal("arn:aws:sqs:eu-central-1:123456789012:jobs");
  });

  it("passes the configuration to the program as the Pulumi CLI does", async () => {
    await writeFile(
      join(directory, "Pulumi.dev.yaml"),
      `${stageFile.slice(0, -1)}, count: 3, fixture:list: [1, a], fixture:text: "007", fixture:on: true }`,
    );
    const { outputs } = await run(`
      const config = new pulumi.Config();
      export const count = config.requireNumber("count");
      export const list = config.requireObject("list");
      export const text = config.require("text");
      export const on = config.requireBoolean("on");
    `);
    expect(outputs).to.deep.equal({ count: 3, list: [1, "a"], text: "007", on: true });
  });

  it("resolves assets to absolute paths or texts", async () => {
    const { resources } = await run(`
      const { FileArchive, FileAsset, StringAsset } = pulumi.asset;
      const role = "arn:aws:iam::123456789012:role/r";
      new aws.lambda.Function("f", { role, code: new FileArchive("code") });
      new aws.s3.BucketObjectv2("file", { bucket: "b", key: "1", source: new FileAsset("page.html") });
      new aws.s3.BucketObjectv2("text", { bucket: "b", key: "2", source: new StringAsset("hello") });
    `);
    const inputsOf = (name: string) => resources.find((resource) => resource.name === name)?.inputs;
    expect(inputsOf("f")?.code).to.deep.equal({ path: join(directory, "code") });
    expect(inputsOf("file")?.source).to.deep.equal({ path: join(directory, "page.html") });
    expect(inputsOf("text")?.source).to.deep.equal({ text: "hello" });
  });

  it("refuses an asset that it cannot read, as a mistake of the program", async () => {
    const failed = run(`
      const role = "arn:aws:iam::123456789012:role/r";
      new aws.lambda.Function("f", { role, code: new pulumi.asset.AssetArchive({}) });
    `);
    const error = await failed.catch((reason) => reason);
    expect(error).to.be.an.instanceOf(LocalCloudError);
    expect([error.code, error.message]).to.deep.equal([
      "program",
      "The local cloud reads FileArchive, FileAsset and StringAsset; the program gave another asset",
    ]);
  });

  it("unwraps secrets in inputs and in outputs", async () => {
    const { resources, outputs } = await run(`
      const password = pulumi.secret("hunter2");
      new aws.sns.Topic("t", { tags: { plain: "a", password } });
      export const nested = { password };
    `);
    expect(resources[0]?.inputs.tags).to.deep.equal({ plain: "a", password: "hunter2" });
    expect(outputs).to.deep.equal({ nested: { password: "hunter2" } });
  });

  it("fails with the error that the program throws", async () => {
    expect(await failureOf(run('throw new Error("at the top");'))).to.equal("at the top");
  });

  it("fails with the error that the program throws inside an apply", async () => {
    const thrower = '.apply(() => { throw new Error("inside"); })';
    const topic = 'const { arn } = new aws.sns.Topic("t");';
    expect(await failureOf(run(`${topic} arn${thrower};`))).to.equal("inside");
    expect(await failureOf(run(`${topic} new aws.sqs.Queue("q", { name: arn${thrower} });`))).to.equal(
      'error serializing property "name": inside',
    );
    expect(await failureOf(run(`${topic} export const a = arn${thrower};`))).to.equal("inside");
  });

  it("runs a program after another one has failed", async () => {
    await failureOf(run('new aws.sns.Topic("t").arn.apply(() => { throw new Error("inside"); });'));
    expect((await run("export const a = 1;")).outputs).to.deep.equal({ a: 1 });
  });

  it("names a resource type that it does not know", async () => {
    const error = await run('new aws.ec2.Vpc("net", { cidrBlock: "10.0.0.0/16" });').catch((error) => error);
    expect(error).to.be.instanceOf(UnknownResourceTypeError);
    expect(error.message).to.match(
      /^The local cloud does not know these resource types:\n {2}aws:ec2\/vpc:Vpc "net"\n/,
    );
  });

  it("names a Pulumi function that it does not know", async () => {
    const message = await failureOf(run("export const id = (await aws.getCallerIdentity()).accountId;"));
    expect(message).to.include("does not know the function aws:index/getCallerIdentity:getCallerIdentity");
  });

  it("names the existing stages when the requested one does not exist", async () => {
    await writeFile(join(directory, "Pulumi.prod.yaml"), stageFile);
    expect(await failureOf(run("", "staging"))).to.equal(
      `There is no stage "staging": ${directory} has no Pulumi.staging.yaml. Stages: dev, prod`,
    );
  });

  it("refuses a configuration key that occurs twice, and a file that is not YAML", async () => {
    const file = join(directory, "Pulumi.dev.yaml");
    await writeFile(file, "config: { token: a, fixture:token: b }");
    expect(await failureOf(run(""))).to.equal("fixture:token is set twice, once as token");
    await writeFile(file, "config: [");
    expect(await failureOf(run(""))).to.match(/^Pulumi\.dev\.yaml: /);
  });

  it("refuses an encrypted value, which only the Pulumi CLI can decrypt", async () => {
    await writeFile(join(directory, "Pulumi.dev.yaml"), "config: { fixture:token: { secure: AAABAA== } }");
    expect(await failureOf(run(""))).to.match(/^fixture:token is encrypted/);
  });

  it("restores the rejection handlers of the process", async () => {
    const before = process.listeners("unhandledRejection");
    await failureOf(run('throw new Error("at the top");'));
    expect(process.listeners("unhandledRejection")).to.deep.equal(before);
  });
});
