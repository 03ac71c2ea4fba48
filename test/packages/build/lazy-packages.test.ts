import { createRequire } from "node:module";
import { dirname } from "node:path";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { build } from "esbuild";
import mime from "mime";
import { lazyPackages } from "../../../packages/build/lazy-packages.ts";

const sharpDirectory = dirname(createRequire(import.meta.url).resolve("sharp"));

interface Bundled {
  ask(...question: readonly unknown[]): unknown;
  /** How many maps the bundle's code has made so far. */
  mapsMade(): number;
}

/** What `contents`, bundled, exports as `ask`. */
async function bundled(contents: string): Promise<Bundled> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: sharpDirectory },
    bundle: true,
    format: "iife",
    globalName: "bundle",
    plugins: [lazyPackages],
    write: false,
  });
  const counting = "var maps = 0; Map = class extends Map { constructor() { super(); maps += 1; } };";
  const context = runInNewContext(
    `${counting}${outputFiles[0]?.text}; ({ ...bundle, mapsMade: () => maps })`,
  );
  return context as Bundled;
}

describe("lazyPackages", () => {
  it("loads mime when it is first asked, and answers as it does", async () => {
    const { ask, mapsMade } = await bundled(`
      import mime from "mime";
      export const ask = (method, of) => [mime[method](of) ?? []].flatMap((known) => known.values?.().toArray() ?? known);`);
    expect(mapsMade()).to.equal(0);
    expect(ask("getType", "a.epub")).to.have.members(["application/epub+zip"]);
    expect(mapsMade()).to.be.above(0);
    expect(ask("getExtension", "text/html; charset=utf-8")).to.have.members(["html"]);
    expect(ask("getAllExtensions", "image/jpeg")).to.have.members([
      ...(mime.getAllExtensions("image/jpeg") ?? []),
    ]);
    expect(ask("getType", "a.nothing-known")).to.have.length(0);
  });

  it("reads colours as sharp has them read", async () => {
    const { ask } = await bundled('export const ask = (value) => require("@img/colour")(value).red();');
    expect(ask("#ff8000")).to.equal(255);
    expect(ask({ r: 12, g: 1, b: 2 })).to.equal(12);
  });
});
