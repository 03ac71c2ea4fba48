import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import { startCloud } from "../../../../packages/local-cloud/cloud.ts";
import type { GraphResource } from "../../../../packages/local-cloud/graph.ts";
import { pipelineGraph } from "../../../support/graphs.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

/** Why the cloud refuses to start on the pipeline's graph after `change`. */
async function refusal(change: (resources: GraphResource[]) => GraphResource[]): Promise<string> {
  const graph = await pipelineGraph();
  const data = temporaryDirectory();
  const options = { projectDirectory, dataDirectory: data.path, ports: { api: 0, s3: 0, cdn: 0 } };
  try {
    const cloud = await startCloud(graph.with({ resources: change([...graph.resources]) }), options);
    await cloud.close();
    return "it started";
  } catch (error) {
    return String(error);
  } finally {
    data.remove();
  }
}

/** Replaces inputs of the resource called `name`. */
const withInputs = (name: string, inputs: Record<string, unknown>) => (resources: GraphResource[]) =>
  resources.map((resource) =>
    resource.name === `henkan-${name}`
      ? { ...resource, inputs: { ...resource.inputs, ...inputs } }
      : resource,
  );

describe("the local cloud refuses to start", () => {
  it("on a resource type it does not know, naming it", async () => {
    const vpc = { type: "aws:ec2/vpc:Vpc", name: "net", id: "vpc-1", inputs: {}, attributes: {} };
    expect(await refusal((resources) => [...resources, vpc])).to.contain('aws:ec2/vpc:Vpc "net"');
  });

  it("on an alias that is not declared", async () => {
    const message = await refusal((resources) => resources.filter(({ name }) => name !== "henkan-zip-alias"));
    expect(message).to.match(/The function behind \S+zip-function\S+:live has no declared alias "live"/);
  });

  it("on a bundle that is not built", async () => {
    const message = await refusal(withInputs("zip-function", { code: { path: "/nowhere/zip" } }));
    expect(message).to.contain("zip-function: its code is not built: /nowhere/zip does not exist");
  });

  it("on a runtime it cannot run", async () => {
    const message = await refusal(withInputs("zip-function", { runtime: "python3.13" }));
    expect(message).to.contain("zip-function: the local Lambda runs Node.js only, not python3.13");
  });

  it("on a subscription it cannot deliver to", async () => {
    const message = await refusal(withInputs("zip-subscription", { protocol: "lambda" }));
    expect(message).to.contain(
      "zip-subscription: the local SNS knows sqs, http, https, email, email-json, not lambda",
    );
  });

  it("on a filter operator it would evaluate differently from AWS", async () => {
    const filterPolicy = JSON.stringify({ Records: { s3: { object: { key: [{ wildcard: "*.png" }] } } } });
    expect(await refusal(withInputs("zip-subscription", { filterPolicy }))).to.contain(
      '{"wildcard":"*.png"}',
    );
  });
});
