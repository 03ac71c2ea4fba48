import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import { startCloud } from "../../../../packages/local-cloud/cloud.ts";
import type { GraphResource } from "../../../../packages/local-cloud/graph.ts";
import { pipelineGraph } from "../../../support/graphs.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

/** Returns the error with which the local cloud refuses to start the pipeline's graph after `change`. */
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

/** Returns a change that replaces inputs of one resource. */
const withInputs = (name: string, inputs: Record<string, unknown>) => (resources: GraphResource[]) =>
  resources.map((resource) =>
    resource.name === `henkan-${name}`
      ? { ...resource, inputs: { ...resource.inputs, ...inputs } }
      : resource,
  );

describe("the local cloud refuses to start", () => {
  it("and names a resource type that it does not know", async () => {
    const vpc = { type: "aws:ec2/vpc:Vpc", name: "net", id: "vpc-1", inputs: {}, attributes: {} };
    expect(await refusal((resources) => [...resources, vpc])).to.contain('aws:ec2/vpc:Vpc "net"');
  });

  it("when a function is invoked by an alias that is not declared", async () => {
    const message = await refusal((resources) => resources.filter(({ name }) => name !== "henkan-zip-alias"));
    expect(message).to.match(/The function behind \S+zip-function\S+:live has no declared alias "live"/);
  });

  it("when a bundle is not built", async () => {
    const message = await refusal(withInputs("zip-function", { code: { path: "/nowhere/zip" } }));
    expect(message).to.contain("zip-function: its code is not built: /nowhere/zip does not exist");
  });

  it("when the code of a function is a file", async () => {
    const message = await refusal(withInputs("zip-function", { code: { path: import.meta.filename } }));
    expect(message).to.contain(
      `ProgramError: henkan-zip-function: the local Lambda runs code from a folder, and ${import.meta.filename} is a file`,
    );
  });

  it("when a function has a runtime other than Node.js", async () => {
    const message = await refusal(withInputs("zip-function", { runtime: "python3.13" }));
    expect(message).to.contain("zip-function: the local Lambda runs Node.js only, not python3.13");
  });

  it("when a subscription has a protocol that it does not support", async () => {
    const message = await refusal(withInputs("zip-subscription", { protocol: "lambda" }));
    expect(message).to.contain(
      "zip-subscription: the local SNS supports sqs, http, https, email, email-json, not lambda",
    );
  });

  it("when a filter policy has an operator that it does not support", async () => {
    const filterPolicy = JSON.stringify({ Records: { s3: { object: { key: [{ wildcard: "*.png" }] } } } });
    expect(await refusal(withInputs("zip-subscription", { filterPolicy }))).to.contain(
      '{"wildcard":"*.png"}',
    );
  });
});
