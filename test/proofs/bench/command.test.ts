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

  it("refuses names without --only, which would else run everything", () => {
    expect(refused("jpeg")).to.match(
      /^Unexpected argument 'jpeg'\. .*\n\nUsage: npm run bench -- \[--only NAMES\]/,
    );
  });

  it("refuses names that are not there, of an object's own methods too", () => {
    expect(refused("--only", "toString")).to.match(
      /^There is no bench called "toString"; there are jpeg, png/,
    );
  });

  it("takes each name once, in the order asked for", () => {
    const names = ["jpeg", "png", "zip"];
    expect(chosen("zip,jpeg,zip", names)).to.deep.equal(["zip", "jpeg"]);
    expect(chosen(undefined, names)).to.deep.equal(names);
  });
});
