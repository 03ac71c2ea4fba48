import { spawnSync } from "node:child_process";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import { fixedFiles } from "../../../proofs/corpus/corpus.ts";

function corpus(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, ["proofs/corpus/run.ts", ...args], {
    cwd: projectDirectory,
    encoding: "utf8",
  });
  return { status, said: stderr.split("\n")[0] };
}

describe("npm run corpus", () => {
  it("refuses arguments that are not options", () => {
    const { status, said } = corpus("foo", "bar");
    expect([status, said]).to.satisfy(() => status === 2 && said?.startsWith("Unexpected argument 'foo'"));
  });

  for (const number of ["", "1e1", "0x10", "-1", "1.5", "4294967296"]) {
    it(`refuses the seed "${number}"`, () => {
      const said = `--seed accepts a whole number from 0 to 4,294,967,295, not "${number}"`;
      expect(corpus("--seed", number)).to.deep.equal({ status: 2, said });
    });
  }

  it("refuses a negative number of mutations", () => {
    const said = '--mutations accepts a whole number from 0 to 1,000,000, not "-1"';
    expect(corpus("--mutations", "-1")).to.deep.equal({ status: 2, said });
  });

  it("names the kinds when no file matches --only", () => {
    const { status, said } = corpus("--mutations", "0", "--only", "bombs");
    const kinds = new Set(fixedFiles().map(({ kind }) => kind));
    expect(status).to.equal(2);
    expect(said).to.equal(`No file's kind/name contains "bombs". Kinds: ${[...kinds].join(", ")}`);
  });
});
