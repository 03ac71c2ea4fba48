import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import { Graph } from "../../../../packages/local-cloud/graph.ts";
import { layOutLayer } from "../../../../packages/local-cloud/wiring/layers.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const type = "aws:lambda/layerVersion:LayerVersion";

describe("a layer", () => {
  let folder: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    folder = temporaryDirectory();
  });
  afterEach(() => folder.remove());

  function writePackage(directory: string, manifest: { name: string; optionalDependencies?: object }) {
    mkdirSync(join(folder.path, directory), { recursive: true });
    writeFileSync(join(folder.path, directory, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(folder.path, directory, "index.js"), `module.exports = "${directory}";`);
  }

  /** Lays out the layer `name` with the content of `path`, and returns what a function with it requires. */
  function layOut(name: string, path: string) {
    const inputs = { layerName: name, code: { path: join(folder.path, path) } };
    const resource = { type, name, id: name, inputs, attributes: inputs };
    const place = { stage: "dev", region: "eu-central-1", accountId: "123456789012" };
    const graph = new Graph({ ...place, resources: [resource], components: [], outputs: {} });
    const directories = {
      workDirectory: join(folder.path, "work"),
      projectDirectory: join(folder.path, "project"),
    };
    const modules = layOutLayer(graph.only(type), directories);
    const require = createRequire(join(modules, "../function.js"));
    return (specifier: string) => require(specifier);
  }

  it("brings its own packages, away from those of the project", () => {
    writePackage("project/node_modules/other", { name: "other" });
    writePackage("project/layer/nodejs/node_modules/@scope/shipped", { name: "@scope/shipped" });
    const require = layOut("tools", "project/layer");
    expect(require("@scope/shipped")).to.equal("project/layer/nodejs/node_modules/@scope/shipped");
    expect(() => require("other")).to.throw("Cannot find module 'other'");
  });

  it("named after an installed package brings that package's native half for this machine", () => {
    const native = "project/node_modules/@native/this-machine";
    writePackage("project/node_modules/picture", {
      name: "picture",
      optionalDependencies: { "@native/this-machine": "1", "@native/another": "1" },
    });
    writePackage(native, { name: "@native/this-machine" });
    for (const pipeline of ["one", "two"]) {
      const require = layOut(pipeline, "project/dist/layers/picture");
      expect(require("@native/this-machine"), pipeline).to.equal(native);
      expect(() => require("@native/another")).to.throw("Cannot find module");
    }
  });

  it("that is outside the project finds the installation next to it first", () => {
    const manifest = { name: "picture", optionalDependencies: { native: "1" } };
    for (const root of ["project", "elsewhere"]) {
      writePackage(`${root}/node_modules/picture`, manifest);
      writePackage(`${root}/node_modules/native`, { name: "native" });
    }
    expect(layOut("near", "elsewhere/dist/picture")("native")).to.equal("elsewhere/node_modules/native");
    expect(layOut("far", "nowhere/dist/picture")("native")).to.equal("project/node_modules/native");
  });

  it("without a folder and a package is refused by its name", () => {
    expect(() => layOut("tools", "project/layer")).to.throw(
      `tools: its content is not built: ${join(folder.path, "project/layer")} does not exist`,
    );
  });
});
