import { expect } from "chai";
import { lazyColour } from "../../../../packages/build/rewrites/lazy-colour.ts";
import { lazyMime } from "../../../../packages/build/rewrites/lazy-mime.ts";
import { bundledSharp } from "../../../../packages/build/rewrites/sharp.ts";
import { bundled, output } from "./bundled.ts";

/** Calls mime as our code does. Prints the number of maps that exist before the first call, then the answers. */
const askMime = `
  let maps = 0;
  globalThis.Map = class extends Map { constructor(...entries) { super(...entries); maps += 1; } };
  const mime = require("mime").default;
  console.log(maps);
  console.log(JSON.stringify([
    mime.getType("a.epub"),
    mime.getType("a.nothing-known"),
    mime.getExtension("text/html; charset=utf-8"),
    mime.getExtension("nothing/known"),
    [...mime.getAllExtensions("image/jpeg")],
    mime.getAllExtensions("nothing/known"),
  ]));`;

/** Reads colours as sharp does. Prints the number of frozen objects before the first call, then the colours. */
const askColour = `
  const { freeze } = Object;
  let frozen = 0;
  Object.freeze = (value) => { frozen += 1; return freeze(value); };
  const colour = require("@img/colour");
  console.log(frozen);
  const values = ["#ff8000", "rebeccapurple", "rgba(1, 2, 3, 0.5)", { r: 12, g: 1, b: 2, alpha: 0 }];
  for (const value of values) {
    const read = colour(value);
    console.log(read.red(), read.green(), read.blue(), read.alpha());
  }`;

const rewrites = [
  { rewrite: lazyMime, name: "mime", program: askMime },
  { rewrite: lazyColour, name: "@img/colour", program: askColour },
];

for (const { rewrite, name, program } of rewrites) {
  describe(`the rewrite ${rewrite.name}`, () => {
    it(`loads the tables of ${name} at the first call, and its answers stay the same`, async () => {
      const [original, rewritten] = await Promise.all([bundled(program), bundled(program, rewrite)]);
      const [[early, ...expected], [late, ...actual]] = [
        (await output(original)).trimEnd().split("\n"),
        (await output(rewritten)).trimEnd().split("\n"),
      ];
      expect(Number(early)).to.be.above(0);
      expect(Number(late)).to.equal(0);
      expect(actual).to.deep.equal(expected).and.not.to.deep.equal([]);
    });
  });
}

describe("the rewrite lazy-colour", () => {
  it("applies to sharp, which imports the package", async () => {
    const { modules } = await bundled('import "sharp";', bundledSharp, lazyColour);
    expect(modules).to.include("lazy-colour:@img/colour");
  });
});
