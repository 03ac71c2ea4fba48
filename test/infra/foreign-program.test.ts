import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { runConfig } from "./stages.ts";

/** Inputs that name a resource, for types without automatic names. */
const given = ["name", "layerName", "dashboardName", "policyName", "bucket", "functionName"];

describe("a program with two pipelines", () => {
  let graph: Graph;

  before(async () => {
    graph = await runConfig({}, { program: "test/infra/fixtures/two-pipelines.ts" });
  });

  it("declares no two resources of one type and name, each named after its pipeline", () => {
    const names = [...graph.resources, ...graph.components].map(({ type, name }) => `${type} ${name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).to.deep.equal([]);
    for (const { name } of graph.resources) expect(name).to.match(/^(pictures|papers)-/);
  });

  it("gives no two resources of one type the same id", () => {
    const ids = graph.resources.map(({ type, id }) => `${type} ${id}`);
    const unnamed = /\/(stage:Stage|permission:Permission) /;
    expect(ids.filter((id, index) => ids.indexOf(id) !== index && !unnamed.test(id))).to.deep.equal([]);
  });

  it("derives every physical name from its pipeline", () => {
    const types = /:(LayerVersion|Dashboard|ResourcePolicy|LogGroup)$/;
    for (const { type, name, inputs } of graph.resources) {
      const [pipeline = ""] = name.split("-");
      if (!types.test(type)) continue;
      for (const key of given.filter((each) => inputs[each] !== undefined)) {
        expect(inputs[key], `${type} ${name}`).to.include(`${pipeline}-`);
      }
    }
  });
});

describe("arguments of a pipeline", () => {
  it("are refused like the mistakes of a stage file, each with its name", async () => {
    const error: Error = await runConfig({}, { program: "test/infra/fixtures/mistaken-arguments.ts" }).then(
      () => expect.fail("expected the arguments to be refused"),
      (reason) => reason,
    );
    expect(error.message.split("\n  ")).to.deep.equal([
      'FileConversionPipeline "files" has mistakes:',
      'accountId: expected a 12-digit account id in quotes, received "12"',
      "maxUploadMiB: expected an integer from 1 to 10000, received 0",
      "variants.thumbnail.width: expected an integer from 1 to 16383, received 0",
    ]);
  });
});
