import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";

function henkan(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ["packages/cli/henkan.ts", ...args], {
    cwd: projectDirectory,
  }).then(
    (output) => ({ code: 0, ...output }),
    (error) => error,
  );
}

describe("henkan permissions", () => {
  it("lists what the roles were granted and a run did not use", async () => {
    const { code, stdout, stderr } = await henkan("permissions", "--json", "samples/garden.png");
    expect([code, stderr]).to.deep.equal([0, ""]);
    const { stage, granted, used, unused } = JSON.parse(stdout);
    expect([stage, granted - used]).to.deep.equal(["dev", unused.length]);
    const lines = unused.map(({ role, action }: Record<string, string>) => `${role} ${action}`);
    expect(lines).to.include("henkan-zip-role s3:AbortMultipartUpload");
    expect(lines).not.to.include("henkan-zip-role s3:PutObject");
  });

  it("fails when a file cannot be sent, because the list would then prove nothing", async () => {
    const { code, stderr } = await henkan("permissions", "--json", "samples/absent.png");
    expect([code, stderr]).to.deep.equal([1, "samples/absent.png: There is no such file\n"]);
  });

  it("is in the list of commands that an unknown command prints", async () => {
    const { code, stderr } = await henkan("prmissions");
    expect(code).to.equal(2);
    expect(stderr).to.match(/There is no command "prmissions".*Commands: .*permissions/s);
  });
});
