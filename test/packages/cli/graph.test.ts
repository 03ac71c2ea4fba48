import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import { mermaid } from "../../../packages/cli/graph/mermaid.ts";
import { topology } from "../../../packages/cli/graph/topology.ts";
import { pipelineGraph } from "../../support/graphs.ts";
import { runHenkan } from "./in-process.ts";

describe("npm run henkan -- graph", () => {
  it("draws README's picture; after a change, npm run --silent henkan -- graph dev prints the new one", async () => {
    const { code, stdout } = await runHenkan("graph", "dev");
    expect(code).to.equal(0);
    const readme = readFileSync(join(projectDirectory, "README.md"), "utf8");
    expect(/^```mermaid\n([\s\S]*?)^```/m.exec(readme)?.[1]).to.equal(stdout);
  });

  it("follows the declared resources: a function without its mapping is not in the picture", async () => {
    const graph = await pipelineGraph();
    const without = graph.resources.filter(({ name }) => name !== "henkan-zip-event-source");
    const drawn = mermaid(topology(graph.with({ resources: without })));
    expect(drawn).to.contain('n_henkan_uploads_topic -->|"every file"| n_henkan_zip_queue');
    expect(drawn).not.to.contain("zip-function");
  });

  it("labels subscriptions with the names that their filters accept", async () => {
    const edges = topology(await pipelineGraph());
    const labels = edges
      .filter(({ from }) => from.name === "henkan-uploads-topic")
      .map(({ to, label }) => [to.name, label]);
    expect(Object.fromEntries(labels)).to.include({
      "henkan-png-to-jpg-queue": ".png",
      "henkan-zip-queue": "every file",
    });
  });

  it("prints JSON alone, with every resource, its component and its inputs", async () => {
    const { stage, resources } = JSON.parse((await runHenkan("graph", "prod", "--json")).stdout);
    expect(stage).to.equal("prod");
    const names = new Set(resources.map(({ name }: { name: string }) => name));
    for (const resource of resources) {
      expect(resource).to.have.all.keys("type", "name", "parent", "inputs");
      if (resource.parent !== null) expect(names).to.include(resource.parent);
    }
    const queue = resources.find(({ name }: { name: string }) => name === "henkan-zip-queue");
    expect(queue).to.include({ type: "aws:sqs/queue:Queue", parent: "henkan-zip" });
    expect(queue.inputs.redrivePolicy).to.match(/^\{"deadLetterTargetArn":"arn:aws:sqs:\S+:henkan-zip-dlq/);
  });

  it("names the existing stages when the stage is missing or unknown", async () => {
    const other = await runHenkan("graph", "staging");
    expect([other.code, other.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && text.includes("Stages: dev, prod, test"),
    );
    const none = await runHenkan("graph");
    expect([none.code, none.stderr.split("\n")[0]]).to.deep.equal([2, "Name one stage."]);
  });
});
