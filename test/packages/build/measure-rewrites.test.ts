import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { projectDirectory } from "../../../packages/build/directories.ts";

const run = promisify(execFile);

describe("npm run rewrites", () => {
  it("prints what a rewrite saves in each function that it changes", async () => {
    const args = ["packages/build/measure-rewrites.ts", "--runs", "1", "lazy-colour"];
    const { stdout } = await run(process.execPath, args, { cwd: projectDirectory });
    for (const name of ["resize", "png-to-jpg"])
      expect(stdout).to.match(new RegExp(`'lazy-colour' │ '${name}' +│ \\d+ +│ \\d+ +│ \\d+ +│ \\d+ `));
  });
});
