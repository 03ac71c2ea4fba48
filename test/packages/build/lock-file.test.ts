import { expect } from "chai";
import { lockFileFor } from "../../../packages/build/lock-file.ts";

describe("lockFileFor", () => {
  const lock = {
    lockfileVersion: 3,
    packages: {
      "": { dependencies: { a: "^1.0.0", z: "*" } },
      "node_modules/a": { version: "1.2.3", dependencies: { b: "^2.0.0" }, optionalDependencies: { d: "*" } },
      "node_modules/a/node_modules/b": { version: "2.0.0", dependencies: { c: "*", a: "*" } },
      "node_modules/b": { version: "1.0.0" },
      "node_modules/c": { version: "3.0.0" },
      "node_modules/d": { version: "4.0.0" },
      "node_modules/z": { version: "9.0.0" },
    },
  };

  it("keeps only the package and what it depends on, at the paths where Node.js finds it", () => {
    const { "": root, ...packages } = lockFileFor("a", lock).packages;
    expect(root).to.deep.equal({ dependencies: { a: "1.2.3" } });
    expect(Object.keys(packages)).to.deep.equal([
      "node_modules/a",
      "node_modules/a/node_modules/b",
      "node_modules/c",
      "node_modules/d",
    ]);
  });

  it("throws when the lock file does not contain the package", () => {
    expect(() => lockFileFor("sharp", lock)).to.throw(
      "package-lock.json does not contain node_modules/sharp",
    );
  });
});
