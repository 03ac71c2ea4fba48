import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { projectDirectory } from "@henkan/build/directories";
import type { Graph } from "@henkan/local-cloud";
import { close, listen } from "@henkan/local-cloud/testing";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { parse } from "yaml";
import { arnOf, runConfig } from "../infra/stages.ts";
import { graphWith } from "../support/graphs.ts";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { until } from "../support/until.ts";
import { finished, upload } from "../support/uploads.ts";

const page = readFileSync(join(projectDirectory, "docs/events.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );
const schema = JSON.parse(readFileSync(join(projectDirectory, "docs/completion-event.schema.json"), "utf8"));
const isEvent = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema);
const problems = (event: unknown) => (isEvent(event) ? [] : isEvent.errors);

const queueArn = "arn:aws:sqs:ap-northeast-1:111111111111:conversions";
const settings = {
  "henkan:variants": { thumbnail: { converter: "resize", width: 20 }, archive: { converter: "zip" } },
  "henkan:notify": [{ queue: queueArn, state: "failed", raw: true }],
};

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await close(server);
  return port;
}

describe("docs/events.md", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  let graph: Graph;
  let pipeline: Pipeline;
  let clientConfig: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };

  before(async () => {
    data = temporaryDirectory();
    graph = await graphWith(settings);
    pipeline = await startPipeline(data.path, { graph });
    const credentials = pipeline.cloud.credentials.issue("arn:aws:iam::111111111111:user/developer");
    clientConfig = { region: graph.region, credentials };
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  const uploadText = async (body: string, contentType = "text/plain") => {
    const { id } = await upload(pipeline, "a.txt", contentType, Buffer.from(body));
    await finished(pipeline, id);
    return id;
  };

  it("has examples that its schema allows", () => {
    const [ready, failed] = blocks("json").map((code) => JSON.parse(code));
    expect(problems(ready)).to.deep.equal([]);
    expect(problems(failed)).to.deep.equal([]);
    expect([ready.state, failed.state]).to.deep.equal(["ready", "failed"]);
  });

  it("describes the events that are sent", async () => {
    const id = await uploadText("no picture", "image/png");
    const events = pipeline.events.filter(({ uploadId }) => uploadId === id);
    expect(events.map(({ state }) => state)).to.have.members(["failed", "ready"]);
    for (const event of events) expect(problems(event)).to.deep.equal([]);
  });

  it("has a configuration that is accepted", async () => {
    const { config } = parse(blocks("yaml")[0] ?? "");
    const provider = { "aws:region": "ap-northeast-1", "aws:allowedAccountIds": ["111111111111"] };
    const graph = await runConfig(
      {
        notify: config["henkan:notify"],
        variants: {
          thumbnail: { converter: "resize", width: 300 },
          preview: { converter: "resize", width: 1280 },
        },
      },
      { provider },
    );
    const topic = arnOf(graph, "conversions-topic");
    const subscribed = graph.resources.filter(({ inputs }) => inputs.topic === topic);
    expect(subscribed.map(({ inputs }) => inputs.protocol)).to.have.members(["email", "https", "sqs"]);
  });

  it("has a policy with which a queue of henkan:notify gets the events that pass its filter", async () => {
    const client = new SQSClient({ endpoint: pipeline.cloud.urls.sqs, ...clientConfig });
    const topicArn = String(graph.outputs.conversionsTopicArn);
    const Policy = (blocks("json")[2] ?? "")
      .replace("QUEUE_ARN", queueArn)
      .replace("CONVERSIONS_TOPIC_ARN", topicArn);
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({ QueueName: "conversions", Attributes: { Policy } }),
    );
    const id = await uploadText("no picture either", "image/png");
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds: 5,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
      }),
    );
    client.destroy();
    const events = Messages.map(({ Body = "" }) => JSON.parse(Body));
    expect(events.map(({ uploadId, variant }) => [uploadId, variant])).to.deep.equal([[id, "thumbnail"]]);
    expect(problems(events[0])).to.deep.equal([]);
    expect(Messages[0]?.MessageAttributes?.state?.StringValue).to.equal("failed");
  });

  describe("'s receiver", () => {
    let receiver: ChildProcess;
    let url: string;
    const lines: string[] = [];

    before(async () => {
      const port = await freePort();
      url = `http://127.0.0.1:${port}/`;
      receiver = spawn(process.execPath, ["--input-type=module", "--eval", blocks("js")[0] ?? ""], {
        env: {
          ...process.env,
          LOCAL: "1",
          TOPIC_ARN: String(graph.outputs.conversionsTopicArn),
          PORT: String(port),
        },
        stdio: ["ignore", "pipe", "inherit"],
      });
      if (receiver.stdout) createInterface({ input: receiver.stdout }).on("line", (line) => lines.push(line));
      let isUp = false;
      const ask = setInterval(() => {
        fetch(url, { method: "POST", body: "{}" }).then(
          () => {
            isUp = true;
          },
          () => undefined,
        );
      }, 50);
      await until(() => isUp).finally(() => clearInterval(ask));
    });
    after(() => receiver.kill());

    it("confirms, verifies and handles each event once", async () => {
      const TopicArn = String(graph.outputs.conversionsTopicArn);
      const client = new SNSClient({ endpoint: pipeline.cloud.urls.sns, ...clientConfig });
      await client.send(new SubscribeCommand({ TopicArn, Protocol: "http", Endpoint: url }));
      client.destroy();
      const { topics } = pipeline.cloud;
      await until(() =>
        topics.subscriptionsOf(TopicArn).some(({ endpoint, isPending }) => endpoint === url && !isPending),
      );
      const id = await uploadText("hello");
      await until(() => lines.length > 0);
      const sent = pipeline.events.find(({ uploadId }) => uploadId === id);
      expect(lines).to.deep.equal([`ready archive ${sent?.url}`]);
      for (let copy = 0; copy < 2; copy++)
        topics.publish({ topicArn: TopicArn, message: JSON.stringify(sent) });
      await uploadText("hello again");
      await until(() => lines.length > 1);
      expect(lines).to.have.length(2);
    });

    it("refuses messages that SNS did not sign", async () => {
      const forged = {
        Type: "Notification",
        MessageId: "1",
        TopicArn: graph.outputs.conversionsTopicArn,
        Message: JSON.stringify({ state: "ready", variant: "forged" }),
        Timestamp: new Date().toISOString(),
        SignatureVersion: "2",
        Signature: Buffer.from("forged").toString("base64"),
        SigningCertURL: `${pipeline.cloud.urls.sns}/SimpleNotificationService-local.pem`,
      };
      const post = (message: object) => fetch(url, { method: "POST", body: JSON.stringify(message) });
      expect((await post(forged)).status).to.equal(403);
      expect((await post({ ...forged, TopicArn: "arn:aws:sns:x:1:other" })).status).to.equal(403);
      expect(lines.filter((line) => line.includes("forged"))).to.deep.equal([]);
    });
  });
});
