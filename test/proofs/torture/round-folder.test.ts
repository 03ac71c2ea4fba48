import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@henkan/cli/command";
import { expect } from "chai";
import { makeRoundFolder } from "../../../proofs/torture/round-folder.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

describe("the folder of a round of torture", () => {
  const data = temporaryDirectory();
  after(() => data.remove());

  it("is created, in a folder that may exist", () => {
    const path = makeRoundFolder(join(data.path, "a", "b"), 6);
    expect(path).to.equal(join(data.path, "a", "b", "seed-6"));
    expect(readdirSync(path)).to.deep.equal([]);
    expect(makeRoundFolder(join(data.path, "a", "b"), 7)).to.not.equal(path);
  });

  it("is never an existing folder", () => {
    const mine = join(data.path, "seed-6");
    mkdirSync(mine);
    writeFileSync(join(mine, "thesis"), "text");
    expect(() => makeRoundFolder(data.path, 6)).to.throw(
      UsageError,
      /seed-6 exists, but a round needs a new folder/,
    );
    expect(readdirSync(mine)).to.deep.equal(["thesis"]);
  });
});
