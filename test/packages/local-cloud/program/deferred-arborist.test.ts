import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";

const projectDirectory = resolve(import.meta.dirname, "../../../..");

/** Imports the local cloud as a command does, then does what Pulumi does for a `CallbackFunction`. */
const program = `
  import "@henkan/local-cloud";
  import { createRequire } from "node:module";
  const require = createRequire(import.meta.url);
  const loaded = () => Object.keys(require.cache).some((path) => /arborist.lib.arborist/.test(path));
  const before = loaded();
  const files = await require("@pulumi/pulumi").runtime.computeCodePaths();
  console.log(JSON.stringify({ before, after: loaded(), files: files.size > 0 }));
`;

describe("@npmcli/arborist", () => {
  it("is loaded when Pulumi looks for the files of a callback, and not before", async () => {
    const args = ["--input-type=module", "--eval", program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: projectDirectory });
    expect(JSON.parse(stdout)).to.deep.equal({ before: false, after: true, files: true });
  });
});
