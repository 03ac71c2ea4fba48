import { createServer } from "node:http";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import { type Cloud, type Graph, startCloud } from "@henkan/local-cloud";
import { close, listen } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { ConversionClock } from "../../../../packages/cli/convert/conversion-clock.ts";
import { convertedFile } from "../../../../packages/cli/convert/results.ts";
import { sendThrough } from "../../../../packages/cli/convert/send-through.ts";
import { Retries } from "../../../../packages/cli/retries.ts";
import { eachNamed } from "../../../../packages/cli/upload/named-files.ts";
import { pipelineGraph } from "../../../support/graphs.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

/** The same graph, with one function publishing to a topic that does not exist. */
function withoutTopic(graph: Graph, functionName: string): Graph {
  const copy = graph.with({ resources: structuredClone([...graph.resources]) });
  const broken = copy.resources.find(({ name }) => name === functionName);
  if (!broken) throw new Error(`No ${functionName} in the graph`);
  const { variables } = broken.inputs.environment as { variables: Record<string, string> };
  variables.CONVERSIONS_TOPIC_ARN += "-gone";
  return copy;
}

const files = eachNamed([join(projectDirectory, "samples", "garden.png")]);
const interruption = new AbortController().signal;

describe("sendThrough", () => {
  it("does not wait for the retry of a failed variant, and prints the reason", async () => {
    const data = temporaryDirectory();
    const retries = new Retries();
    const cloud = await startCloud(withoutTopic(await pipelineGraph(), "henkan-png-to-jpg-function"), {
      projectDirectory,
      dataDirectory: data.path,
      ports: { api: 0, s3: 0, cdn: 0 },
      onRetry: (retry) => retries.add(retry),
      onDenied: () => {},
      onLog: (_, line) => retries.readLog(line),
    });
    try {
      const lines: string[] = [];
      const clock = new ConversionClock(files.length, (line) => lines.push(line));
      const begin = performance.now();
      const downloads = join(data.path, "out");
      const [result] = await sendThrough(cloud, files, { downloads, retries, interruption, observer: clock });
      const duration = performance.now() - begin;
      const [file] = files;
      if (!file || !result) throw new Error("No result");
      const { variants } = convertedFile(result, (variant) => clock.elapsedMs(file, variant));
      const outcomes = variants.map(({ name, state, error }) => [
        name,
        error ? `${error.code}: ${error.message}` : state,
      ]);
      const { jpg, ...others } = Object.fromEntries(outcomes);
      expect(others).to.deep.equal({ thumbnail: "ready", preview: "ready", archive: "ready" });
      for (const { elapsedMs } of variants) expect(elapsedMs).to.be.within(1, duration);
      expect(lines[0]).to.equal("0 of 4 variants finished; 1 of 1 file uploaded");
      expect(lines.at(-1)).to.equal("4 of 4 variants finished; 1 of 1 file uploaded");
      expect(jpg).to.match(/^conversion-error: User: \S+ is not authorized to perform: SNS:Publish/);
    } finally {
      await cloud.close();
      data.remove();
    }
  });

  it("names the error that kept a file from being sent", async () => {
    const server = createServer();
    const port = await listen(server, 0);
    await close(server);
    const cloud = { urls: { api: `http://127.0.0.1:${port}` } } as Cloud;
    const options = { downloads: "unused", retries: new Retries(), interruption };
    const [result] = await sendThrough(cloud, files, options);
    expect([result?.error?.code, result?.variants]).to.deep.equal(["api-unreachable", []]);
  });
});
