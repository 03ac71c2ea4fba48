import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import sharp from "sharp";
import { arnOf, one } from "../infra/stages.ts";
import { pipelineGraph } from "../support/graphs.ts";
import type { Pipeline } from "../support/pipeline.ts";
import { until } from "../support/until.ts";
import { finished, put, upload } from "../support/uploads.ts";
import { editedPipeline } from "./edited-pipeline.ts";
import { editing, without, withoutResource } from "./policy-edits.ts";

const converters = ["resize", "png-to-jpg", "zip"];

describe("the pipeline's permissions", () => {
  const { start, denials, logs } = editedPipeline();
  let graph: Graph;
  let picture: Buffer;

  before(async () => {
    graph = await pipelineGraph();
    const background = "#884422";
    picture = await sharp({ create: { width: 30, height: 20, channels: 3, background } })
      .png()
      .toBuffer();
  });

  const sendPicture = (running: Pipeline) => upload(running, "a.png", "image/png", picture);
  const role = (name: string) => arnOf(graph, `${name}-role`);
  /** Returns the denied actions of a principal, without repetitions. */
  const refused = (principal: string) => [
    ...new Set(
      denials
        .filter((denial) => denial.principal === principal)
        .map(({ action, resource }) => `${action} ${resource}`),
    ),
  ];
  /** Publishes the event of an object that does not exist, like an event that arrives after the deletion. */
  const announceUpload = ({ cloud }: Pipeline, key: string) => {
    const bucket = { name: one(graph, "uploads-bucket").attributes.bucket };
    const object = { key, size: 1, eTag: "0" };
    const message = JSON.stringify({ Records: [{ eventSource: "aws:s3", s3: { bucket, object } }] });
    cloud.topics.publish({ topicArn: arnOf(graph, "uploads-topic"), message });
  };
  const idle = async ({ cloud }: Pipeline) => {
    const queues = converters.map((name) => arnOf(graph, `${name}-queue`));
    await until(() => queues.every((queue) => cloud.queues.depth(queue) === 0));
  };

  it("suffice for every variant, and only the permission to abort multipart uploads stays unused", async () => {
    const running = await start();
    const { id } = await sendPicture(running);
    const { state, variants } = await finished(running, id);
    expect(state).to.equal("complete");
    for (const { url = "" } of variants) expect((await fetch(url)).status, url).to.equal(200);
    announceUpload(running, "019ab000-0000-7000-8000-000000000001/expired.png");
    await idle(running);
    expect(denials).to.deep.equal([]);
    const { grants } = running.cloud.permissions.usage();
    const unused = grants.filter(({ used }) => !used);
    expect(unused.map(({ role: name, action }) => `${name} ${action}`)).to.deep.equal(
      ["upload-api", ...converters].map((name) => `henkan-${name}-role s3:AbortMultipartUpload`),
    );
  });

  it("are needed by a converter to read uploads, write outputs and announce them", async () => {
    const running = await start(
      without("resize-permissions", "s3:GetObject", "uploads-bucket"),
      without("png-to-jpg-permissions", "s3:PutObject", "/files/"),
      without("zip-permissions", "sns:Publish"),
    );
    const { id } = await sendPicture(running);
    const roles = converters.map(role);
    await until(() => roles.every((principal) => refused(principal).length > 0));
    const files = `${arnOf(graph, "outputs-bucket")}/files/${id}`;
    expect(roles.map(refused)).to.deep.equal([
      [`s3:GetObject ${arnOf(graph, "uploads-bucket")}/${id}/a.png`],
      [`s3:PutObject ${files}/jpg/a.jpg`],
      [`sns:Publish ${arnOf(graph, "conversions-topic")}`],
    ]);
    expect(denials[0]?.reason).to.match(
      /^no statement allows it; missing in \S+-permissions: \{"Effect":"Allow"/,
    );
    const { variants } = await running.client.status(id);
    expect(new Set(variants.map(({ state }) => state))).to.deep.equal(new Set(["pending"]));
  });

  it("are needed by a converter to read and write receipts, and to see that one does not exist", async () => {
    const running = await start(
      without("resize-permissions", "s3:GetObject", "outputs-bucket"),
      without("png-to-jpg-permissions", "s3:ListBucket"),
      without("zip-permissions", "s3:PutObject", "/receipts/"),
    );
    const { id } = await sendPicture(running);
    const roles = converters.map(role);
    await until(() => roles.every((principal) => refused(principal).length > 0));
    const outputs = arnOf(graph, "outputs-bucket");
    const [resize = [], ...others] = roles.map(refused);
    expect(resize).to.include.oneOf(
      ["thumbnail", "preview"].map((variant) => `s3:GetObject ${outputs}/receipts/${id}/${variant}.json`),
    );
    expect(others).to.deep.equal([
      [`s3:ListBucket ${outputs}`],
      [`s3:PutObject ${outputs}/receipts/${id}/archive.json`],
    ]);
  });

  it("are needed by the role of the API, in whose name it presigns a PUT", async () => {
    const running = await start(without("upload-api-permissions", "s3:PutObject"));
    const created = await running.client.create({
      filename: "a.png",
      contentType: "image/png",
      size: picture.length,
    });
    const response = await put(created, picture);
    expect([response.status, await response.text()].join(" ")).to.match(/^403 .*<Code>AccessDenied<\/Code>/s);
    expect(refused(role("upload-api"))).to.deep.equal([
      `s3:PutObject ${arnOf(graph, "uploads-bucket")}/${created.id}/a.png`,
    ]);
  });

  it("are needed by each route of the API to invoke the function's alias", async () => {
    const running = await start(withoutResource("upload-api-get-uploads-id-permission"));
    const { id } = await sendPicture(running);
    expect((await fetch(`${running.cloud.urls.api}/uploads/${id}`)).status).to.equal(500);
    expect(refused("apigateway.amazonaws.com")).to.deep.equal([
      `lambda:InvokeFunction ${arnOf(graph, "upload-api-function")}:live`,
    ]);
    expect(denials[0]?.sourceArn).to.match(/\/\$default\/GET\/uploads\/\{id\}$/);
  });

  it("are needed by SNS to send to a queue, and the undelivered message is kept", async () => {
    const running = await start(
      without("resize-queue-policy", "sqs:SendMessage"),
      without("zip-queue-policy", "sqs:SendMessage"),
      without("zip-undelivered-policy", "sqs:SendMessage"),
    );
    await sendPicture(running);
    const depth = (queue: string) => running.cloud.queues.depth(arnOf(graph, queue));
    expect(["resize-undelivered", "zip-undelivered"].map(depth)).to.deep.equal([1, 0]);
    expect(refused("sns.amazonaws.com")).to.have.members(
      ["resize-queue", "zip-queue", "zip-undelivered"].map(
        (queue) => `sqs:SendMessage ${arnOf(graph, queue)}`,
      ),
    );
  });

  it("are needed by the CDN to read outputs, and by functions to write logs", async () => {
    const running = await start(
      without("cdn-bucket-policy", "s3:GetObject"),
      without("zip-permissions", "logs:PutLogEvents"),
    );
    const { id } = await sendPicture(running);
    const { variants } = await finished(running, id);
    const archive = variants.find(({ name }) => name === "archive");
    expect([archive?.state, (await fetch(archive?.url ?? "")).status]).to.deep.equal(["ready", 404]);
    const outputs = arnOf(graph, "outputs-bucket");
    expect(refused("cloudfront.amazonaws.com")).to.deep.equal([
      `s3:GetObject ${outputs}/files/${id}/archive/a.zip`,
      `s3:GetObject ${outputs}/files/not-found.json`,
    ]);
    await idle(running);
    expect(logs.filter((name) => name.startsWith("henkan-zip"))).to.deep.equal([]);
    expect(denials.filter(({ action }) => action.startsWith("logs:"))).to.have.length(1);
  });

  it("deny requests with old signatures, an administrator's too, and name the statement", async () => {
    const limit = { NumericGreaterThan: { "s3:signatureAge": "-60000" } };
    const running = await start(
      editing("uploads-policy", (statements) =>
        statements.map((statement) =>
          statement.Sid === "DenyOldSignatures" ? { ...statement, Condition: limit } : statement,
        ),
      ),
    );
    await upload(running, "a.png", "image/png", picture).then(
      () => expect.fail("the upload was taken"),
      (error: Error) => expect(error.message).to.include("PUT answered 403"),
    );
    expect(denials.map(({ reason }) => reason)).to.deep.equal([
      "statement DenyOldSignatures of henkan-uploads-policy denies it",
    ]);
    const principal = "arn:aws:iam::111111111111:user/developer";
    const resource = `${arnOf(graph, "uploads-bucket")}/a`;
    const ofDeveloper = { principal, action: "s3:PutObject", resource, signatureAgeMs: 0 };
    expect(running.cloud.permissions.allows(ofDeveloper)).to.equal(false);
  });
});
