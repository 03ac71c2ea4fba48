import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { chosen } from "../../../proofs/bench/chosen.ts";

describe("npm run bench", () => {
  const bench = join(import.meta.dirname, "..", "..", "..", "proofs", "bench", "bench.ts");
  const refused = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [bench, ...args], { encoding: "utf8" });
    expect(status, stderr).to.equal(2);
    return stderr;
  };

  it("refuses names without --only, which would otherwise run everything", () => {
    expect(refused("jpeg")).to.match(
      /^Unexpected argument 'jpeg'\. .*\n\nUsage: npm run bench -- \[--only NAMES\]/,
    );
  });

  it("refuses unknown names, also those of an object's own methods", () => {
    expect(refused("--only", "toString")).to.match(
      /^There is no bench called "toString"; there are jpeg, png/,
    );
  });

  it("uses each name once, in the requested order", () => {
    const names = ["jpeg", "png", "zip"];
    expect(chosen("zip,jpeg,zip", names)).to.deep.equal(["zip", "jpeg"]);
    expect(chosen(undefined, names)).to.deep.equal(names);
  });
});
