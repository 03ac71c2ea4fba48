import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { buildSharpLayer } from "../../../packages/build/index.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** A program in place of npm: it installs three packages of one file each, and counts its runs. */
const fakeNpm = `
  import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
  const { dependencies } = JSON.parse(readFileSync("package.json"));
  for (const name of ["sharp", "@img/colour", "@img/sharp-linux-arm64"]) {
    mkdirSync("node_modules/" + name, { recursive: true });
    writeFileSync("node_modules/" + name + "/index.js", dependencies.sharp);
  }
  appendFileSync(import.meta.dirname + "/runs", process.argv[2] + "\\n");`;

describe("buildSharpLayer", () => {
  const { npm_execpath: npm } = process.env;
  let work: ReturnType<typeof temporaryDirectory>;
  const native = "nodejs/node_modules/@img/sharp-linux-arm64/index.js";
  const runs = () => readFileSync(join(work.path, "runs"), "utf8");

  beforeEach(() => {
    work = temporaryDirectory();
    writeFileSync(join(work.path, "npm.mjs"), fakeNpm);
    process.env.npm_execpath = join(work.path, "npm.mjs");
  });
  afterEach(() => {
    if (npm === undefined) delete process.env.npm_execpath;
    else process.env.npm_execpath = npm;
    work.remove();
  });

  it("installs the native half of sharp and nothing else", async () => {
    const layer = await buildSharpLayer(work.path);
    expect(existsSync(join(layer, native))).to.equal(true);
    for (const path of [
      "package.json",
      "package-lock.json",
      "node_modules/sharp",
      "node_modules/@img/colour",
    ])
      expect(existsSync(join(layer, "nodejs", path)), path).to.equal(false);
  });

  it("leaves a layer of the same lock file as it is, and repairs one with a missing file", async () => {
    const layer = await buildSharpLayer(work.path);
    const { mtimeMs, ino } = statSync(join(layer, native));
    await buildSharpLayer(work.path);
    expect(runs()).to.equal("ci\n");
    expect(statSync(join(layer, native))).to.include({ mtimeMs, ino });
    rmSync(join(layer, native));
    await buildSharpLayer(work.path);
    expect(runs()).to.equal("ci\nci\n");
    expect(existsSync(join(layer, native))).to.equal(true);
  });

  it("builds whole layers when two builds run at once", async () => {
    const [layer = ""] = await Promise.all([buildSharpLayer(work.path), buildSharpLayer(work.path)]);
    expect(existsSync(join(layer, native))).to.equal(true);
    await buildSharpLayer(work.path);
    expect(runs()).to.equal("ci\nci\n");
  });
});
