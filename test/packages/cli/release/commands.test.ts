import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { repository } from "../../../infra/stages.ts";

const run = promisify(execFile);

/** Runs a command that must be refused, and returns its output. */
async function refused(command: string, ...args: string[]) {
  const script = join(repository, "packages/cli", `${command}.ts`);
  const outcome: { code: number; stderr: string } = await run(process.execPath, [script, ...args]).then(
    () => expect.fail(`${command} ${args.join(" ")} was not refused`),
    (error) => error,
  );
  return { code: outcome.code, message: outcome.stderr };
}

const commands = ["deploy", "preview", "destroy"];

describe("deploy, preview and destroy", () => {
  it("name the existing stages", async () => {
    for (const { code, message } of await Promise.all(commands.map((name) => refused(name, "nowhere")))) {
      expect(code).to.equal(2);
      expect(message).to.equal('There is no stage "nowhere". Stages: dev, prod, test\n');
    }
  });

  it("ask for the account id of a stage without one", async () => {
    const { code, message } = await refused("deploy", "test");
    expect(code).to.equal(2);
    expect(message).to.match(/^Pulumi\.test\.yaml still has the placeholder 222222222222/);
  });

  it("refuse an unknown option of deploy, and the destruction of a protected stage", async () => {
    const [option, destruction] = await Promise.all([
      refused("deploy", "dev", "--force"),
      refused("destroy", "prod", "--yes"),
    ]);
    expect(option.code).to.equal(2);
    expect(option.message)
      .to.match(/^Unknown option '--force'/)
      .and.include("npm run deploy -- STAGE");
    expect(destruction.code).to.equal(1);
    expect(destruction.message).to.match(/^Stage prod is protected and its files would be lost/);
  });
});
