import { globSync } from "node:fs";
import { expect } from "chai";
import { exportedDeclarations } from "./exported-declarations.ts";

const rooms = ["contract", "converters", "handlers", "infra", "policy", "packages", "proofs"];

/** Names that a convention gives every module of a kind: a converter has `convert`, and AWS calls a function's `handler`. */
const entryPoints = new Map([
  ["convert", /^converters\//],
  ["handler", /^handlers\/entries\//],
]);

describe("the exported names", () => {
  it("have one declaration each, so that a name never means two things", () => {
    const sources = rooms.flatMap((room) =>
      globSync(`${room}/**/*.{ts,tsx}`, { exclude: (path) => /(^|\/)node_modules(\/|$)/.test(path) }),
    );
    expect(sources).to.have.length.above(300);
    const declarations = sources
      .flatMap(exportedDeclarations)
      .filter(({ name, file }) => !entryPoints.get(name)?.test(file));
    const repeated = [...Map.groupBy(declarations, ({ name }) => name)].filter(
      ([, places]) => places.length > 1,
    );
    expect(
      repeated.map(([name, places]) => `${name}: ${places.map(({ file }) => file).join(", ")}`),
    ).to.deep.equal([]);
  });
});
