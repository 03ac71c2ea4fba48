import { createServer } from "node:http";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import { UploadClient } from "@henkan/client";
import { type Graph, startCloud } from "@henkan/local-cloud";
import { close, listen } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { convertFile } from "../../../packages/cli/converted-file.ts";
import { Retries } from "../../../packages/cli/retries.ts";
import { pipelineGraph } from "../../support/graphs.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** The same graph, with one function publishing to a topic that does not exist. */
function withoutTopic(graph: Graph, functionName: string): Graph {
  const copy = graph.with({ resources: structuredClone([...graph.resources]) });
  const broken = copy.resources.find(({ name }) => name === functionName);
  if (!broken) throw new Error(`No ${functionName} in the graph`);
  const { variables } = broken.inputs.environment as { variables: Record<string, string> };
  variables.CONVERSIONS_TOPIC_ARN += "-gone";
  return copy;
}

describe("convertFile", () => {
  it("does not wait for the retry of what failed, and says why", async () => {
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
      const { variants } = await convertFile(join(projectDirectory, "samples", "garden.png"), {
        client: new UploadClient(cloud.urls.api),
        directory: join(data.path, "out"),
        retryReason: (id) => retries.reasonFor(id),
        onProgress: () => {},
      });
      const outcomes = variants.map(({ name, state, error }) => [
        name,
        error ? `${error.code}: ${error.message}` : state,
      ]);
      const { jpg, ...others } = Object.fromEntries(outcomes);
      expect(others).to.deep.equal({ thumbnail: "ready", preview: "ready", archive: "ready" });
      expect(jpg).to.match(/^conversion-error: User: \S+ is not authorized to perform: SNS:Publish/);
    } finally {
      await cloud.close();
      data.remove();
    }
  });

  it("names what kept a file from being sent", async () => {
    const server = createServer();
    const port = await listen(server, 0);
    await close(server);
    const result = await convertFile(join(projectDirectory, "samples", "garden.png"), {
      client: new UploadClient(`http://127.0.0.1:${port}`),
      directory: "unused",
      retryReason: () => undefined,
      onProgress: () => {},
    });
    expect(result.error?.code).to.equal("api-unreachable");
    expect(result.variants).to.deep.equal([]);
  });
});
