import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { awsVariables } from "../../../handlers/support/environment.ts";
import { standIn } from "../../../handlers/support/stand-in.ts";
import { repository } from "../../../infra/stages.ts";
import { identity } from "./identity.ts";
import { installPulumi } from "./pulumi-stand-in.ts";

const stageFile = 'config: { aws:region: eu-central-1, aws:allowedAccountIds: ["123456789012"] }';

/** Links the installed packages, and links the project's own packages to those in the copy. */
async function linkPackages(modules: string): Promise<void> {
  const installed = join(repository, "node_modules");
  const names = (await readdir(installed)).filter((name) => name !== "@henkan");
  await mkdir(modules);
  await Promise.all([
    ...names.map((name) => symlink(join(installed, name), join(modules, name))),
    symlink(join("..", "packages"), join(modules, "@henkan")),
  ]);
}

describe("An interrupted deploy, preview or destroy", () => {
  const { endpoint } = standIn(() => identity("123456789012"));
  let project: string;

  before(async () => {
    project = await mkdtemp(join(tmpdir(), "henkan-interruption-"));
    const copied = ["contract", "converters", "handlers", "infra", "packages", "package.json", "Pulumi.yaml"];
    await Promise.all([
      ...copied.map((name) => cp(join(repository, name), join(project, name), { recursive: true })),
      linkPackages(join(project, "node_modules")),
      writeFile(join(project, "Pulumi.dev.yaml"), stageFile),
      installPulumi(join(project, "home")),
    ]);
    await writeFile(join(project, "packages/cli/release/build.ts"), "export async function build() {}");
  });

  beforeEach(() => writeFile(join(project, "notes"), ""));

  after(() => rm(project, { recursive: true }));

  async function run(command: string, variables: Record<string, string>) {
    const args = [
      join(project, "packages/cli", `${command}.ts`),
      "dev",
      ...(command === "preview" ? [] : ["--yes"]),
    ];
    const env = {
      ...process.env,
      ...awsVariables,
      AWS_ENDPOINT_URL_STS: endpoint.url,
      PULUMI_HOME: join(project, "home"),
      NOTES: join(project, "notes"),
      NODE_COMPILE_CACHE: join(project, "compiled"),
      ...variables,
    };
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, args, { env }, (error, _, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      );
    });
    const notes = (await readFile(join(project, "notes"), "utf8")).split("\n");
    return { code, stderr, commands: notes.map((note) => note.split(" ")[0]) };
  }

  for (const [command, operation] of [
    ["deploy", "up"],
    ["preview", "preview"],
    ["destroy", "destroy"],
  ] as const) {
    it(`takes no further step: ${command}`, async () => {
      const { code, stderr, commands } = await run(command, { INTERRUPT_AT: "stack init" });
      expect([code, stderr]).to.deep.equal([130, ""]);
      expect(commands).to.include("stack").and.not.include(operation);
    });
  }

  for (const [command, operation] of [
    ["deploy", "update"],
    ["destroy", "destruction"],
  ] as const) {
    it(`reports the state that it leaves: ${command}`, async () => {
      const { code, stderr, commands } = await run(command, { STORY: "waits" });
      expect(code).to.equal(130);
      expect(stderr).to.match(
        new RegExp(`^The ${operation} of stage dev was interrupted\\. What Pulumi had finished stays`),
      );
      expect(commands).to.include("cancelled");
    });
  }

  it("shifts no traffic, even when the update has finished", async () => {
    const { code, stderr } = await run("deploy", { INTERRUPT_AT: "stack output" });
    expect(code).to.equal(130);
    expect(stderr).to.match(
      /^Stage dev is updated, but no traffic was shifted, because the command was interrupted/,
    );
  });
});
