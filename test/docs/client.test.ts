import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectDirectory } from "@henkan/build/directories";
import * as client from "@henkan/client";
import { expect } from "chai";
import { startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const readme = readFileSync(join(projectDirectory, "packages/client/README.md"), "utf8");

describe("packages/client/README.md", () => {
  it("has an example that works as written", async () => {
    const data = temporaryDirectory();
    const out = join(data.path, "out");
    mkdirSync(out);
    const { cloud } = await startPipeline(data.path);
    try {
      const example = /^```js\n([\s\S]*?)^```/m.exec(readme)?.[1] ?? expect.fail("No example");
      const program = example
        .replace("http://127.0.0.1:4600", cloud.urls.api)
        .replace('directory: "out"', `directory: ${JSON.stringify(out)}`);
      const args = ["--input-type=module", "--eval", program];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: projectDirectory });
      expect(stderr).to.equal("");
      const saved = [...stdout.matchAll(/^saved (.*)$/gm)].map(([, path = ""]) => path);
      expect(saved).to.have.lengthOf(4);
      for (const path of saved) expect(existsSync(path), path).to.equal(true);
      expect(stdout)
        .to.match(/^(\d+) of \1 bytes$/m)
        .and.not.to.match(/^failed/m);
    } finally {
      await cloud.close();
      data.remove();
    }
  });

  it("lists every exported value", () => {
    for (const name of Object.keys(client)) expect(readme, name).to.contain(`\`${name}\``);
  });
});
