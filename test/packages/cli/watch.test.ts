import { createInterface } from "node:readline";
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { announceCloud } from "../../../packages/cli/target/running-cloud.ts";
import { graphWithVariants } from "../../support/graphs.ts";
import { type CompletionEvent, type Pipeline, startPipeline } from "../../support/pipeline.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { until } from "../../support/until.ts";
import { finished, upload } from "../../support/uploads.ts";
import { ended, startCommand } from "./command-line.ts";
import { runHenkan } from "./in-process.ts";

const variants = { small: { converter: "zip", level: 1 }, archive: { converter: "zip" } };

describe("henkan watch", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  let pipeline: Pipeline;
  let graph: Graph;
  let withdraw: () => Promise<void>;

  before(async () => {
    data = temporaryDirectory();
    graph = await graphWithVariants(variants);
    pipeline = await startPipeline(data.path, { graph });
    withdraw = await announceCloud(data.path, graph, pipeline.cloud);
  });
  after(async () => {
    await withdraw();
    await pipeline.cloud.close();
    data.remove();
  });

  const leftovers = () => pipeline.cloud.queues.list().filter((arn) => arn.includes(":henkan-watch-"));
  const subscriptions = () =>
    pipeline.cloud.topics.subscriptionsOf(String(graph.outputs.conversionsTopicArn)).length;

  async function watching(...args: string[]) {
    const { child, line } = await startCommand("henkan", "watch", "--data", data.path, ...args);
    expect(line).to.equal(`Watching stage ${graph.stage} on this machine. Ctrl-C ends it`);
    const lines: string[] = [];
    if (child.stdout) createInterface({ input: child.stdout }).on("line", (each) => lines.push(each));
    const stop = async () => {
      const exit = ended(child);
      child.kill("SIGINT");
      return exit;
    };
    return { lines, stop, child };
  }

  it("prints the events of an upload as they were published, and deletes its queue and subscription", async () => {
    const { lines, stop } = await watching("--json");
    expect(leftovers()).to.have.length(1);
    expect(subscriptions()).to.equal(1);
    const { id } = await upload(pipeline, "a.txt", "text/plain", Buffer.from("hello"));
    await until(() => lines.length === 2);
    const events = lines.map((line): CompletionEvent => JSON.parse(line));
    expect(events).to.have.deep.members(pipeline.events.filter(({ uploadId }) => uploadId === id));
    expect(await stop()).to.equal(0);
    expect(leftovers()).to.deep.equal([]);
    expect(subscriptions()).to.equal(0);
  });

  it("prints one line for each event that passes the filter, and no others", async () => {
    const { lines, stop } = await watching("--variant", "archive", "--state", "ready");
    const { id } = await upload(pipeline, "b.txt", "text/plain", Buffer.from("hello"));
    await finished(pipeline, id);
    await until(() => lines.length > 0);
    expect(await stop()).to.equal(0);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(
      new RegExp(`^ready {2}archive {2}\\d+ bytes {2}http://127.*/${id}/archive/b\\.zip$`),
    );
  });

  it("prints no other events while SNS does not apply the filter yet", async () => {
    const { lines, stop } = await watching("--json", "--variant", "archive", "--state", "ready");
    const [arn = ""] = leftovers();
    const common = { uploadId: "id", converter: "zip", source: { etag: "e1", bytes: 5 }, settings: "3f1c" };
    const output = {
      path: "a.zip",
      url: "https://cdn.example/a.zip",
      contentType: "application/zip",
      bytes: 7,
    };
    const asked = {
      ...common,
      ...output,
      state: "ready",
      variant: "archive",
      at: "2026-11-23T01:02:03.456Z",
    };
    const failed = { ...asked, state: "failed", error: { code: "empty-file", message: "Empty" } };
    for (const event of [{ ...asked, variant: "small" }, failed, asked]) {
      pipeline.cloud.queues.send(arn, JSON.stringify(event));
    }
    await until(() => lines.length > 0 && pipeline.cloud.queues.depth(arn) === 0);
    expect(await stop()).to.equal(0);
    expect(lines.map((line) => JSON.parse(line))).to.deep.equal([asked]);
  });

  it("cleans up when the reader of its output has ended", async () => {
    const { child } = await watching("--json");
    const exit = ended(child);
    child.stdout?.destroy();
    const { id } = await upload(pipeline, "c.txt", "text/plain", Buffer.from("hello"));
    await finished(pipeline, id);
    expect(await exit).to.equal(0);
    expect(leftovers()).to.deep.equal([]);
  });

  it("names the queues that a killed run has left, and removes them on request", async () => {
    const { child } = await watching();
    const killed = ended(child);
    child.kill("SIGKILL");
    await killed;
    const [arn = ""] = leftovers();
    const name = arn.split(":").at(-1) ?? "";
    const next = await startCommand("henkan", "watch", "--data", data.path);
    expect(next.line).to.match(
      new RegExp(
        `^Others are watching, or were killed before they removed their queues: ${name}\\. .*--remove-leftovers$`,
      ),
    );
    const exit = ended(next.child);
    await until(() => subscriptions() === 2);
    next.child.kill("SIGINT");
    expect(await exit).to.equal(0);
    const { code, stdout } = await runHenkan("watch", "--data", data.path, "--remove-leftovers");
    expect([code, stdout]).to.deep.equal([0, `${name}\n`]);
    expect(leftovers()).to.deep.equal([]);
    expect(subscriptions()).to.equal(0);
  });

  it("lets only the topic send to its queue", async () => {
    const { stop } = await watching();
    const [arn = ""] = leftovers();
    const { permissions } = pipeline.cloud;
    const mayAnswer = (sourceArn: unknown) =>
      permissions.allows({
        principal: "sns.amazonaws.com",
        action: "sqs:SendMessage",
        resource: arn,
        sourceArn: String(sourceArn),
      });
    expect(mayAnswer(graph.outputs.conversionsTopicArn)).to.equal(true);
    expect(mayAnswer(graph.outputs.uploadsTopicArn)).to.equal(false);
    await stop();
  });

  it("refuses filters that no event can pass", async () => {
    const { code, stderr } = await runHenkan("watch", "--data", data.path, "--variant", "poster");
    expect(code).to.equal(2);
    expect(stderr).to.equal(`--variant of stage ${graph.stage} is small or archive, not "poster"\n`);
  });

  it("touches only queues whose names are its own", async () => {
    const { cloud } = pipeline;
    const client = new SQSClient({
      endpoint: cloud.urls.sqs,
      region: graph.region,
      credentials: cloud.credentials.issue("arn:aws:iam::111111111111:user/developer"),
    });
    await client.send(new CreateQueueCommand({ QueueName: "somebody-elses" }));
    const before = (await client.send(new ListQueuesCommand({}))).QueueUrls;
    const { code } = await runHenkan("watch", "--data", data.path, "--remove-leftovers");
    expect(code).to.equal(0);
    expect((await client.send(new ListQueuesCommand({}))).QueueUrls).to.deep.equal(before);
    client.destroy();
  });
});
