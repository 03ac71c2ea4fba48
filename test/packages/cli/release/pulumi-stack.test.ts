import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { StageStack } from "../../../../packages/cli/release/pulumi-stack.ts";
import { withEnvironment } from "../../../handlers/support/environment.ts";
import { rejection } from "../../../handlers/support/rejection.ts";
import { installPulumi } from "./pulumi-stand-in.ts";

const stage = {
  name: "dev",
  region: "eu-central-1",
  accountId: "123456789012",
  examples: [],
  isProtected: false,
  secretsProvider: "awskms://alias/henkan",
};

const silent = { write: () => true, isTTY: false };

describe("StageStack", () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "henkan-pulumi-"));
  });

  withEnvironment(() => ({
    PULUMI_HOME: join(directory, "home"),
    NOTES: join(directory, "notes"),
    STORY: "",
  }));

  before(async () => {
    await installPulumi(join(directory, "home"));
    await writeFile(join(directory, "Pulumi.yaml"), "{ name: fixture, runtime: nodejs }");
  });

  beforeEach(() => writeFile(join(directory, "notes"), ""));

  after(() => rm(directory, { recursive: true }));

  const notes = () => readFile(join(directory, "notes"), "utf8");
  const open = () => StageStack.open(directory, stage, { stdout: silent, stderr: silent });
  async function failureOfUpdate(story: string): Promise<string> {
    const stack = await open();
    process.env.STORY = story;
    const { name, message } = await rejection(stack.update());
    expect(name).to.equal("ReleaseError");
    return message;
  }

  it("opens the stage's stack with its own key for secrets, and returns the outputs of an update", async () => {
    process.env.STORY = "";
    expect(await (await open()).update()).to.deep.equal({ apiUrl: "https://api.example" });
    expect(await notes()).to.match(/^stack init dev .*--secrets-provider awskms:\/\/alias\/henkan/m);
    expect(await notes()).to.match(/^up --yes /m);
  });

  it("applies the policy pack to previews and updates", async () => {
    process.env.STORY = "";
    const stack = await open();
    await stack.preview();
    await stack.update();
    for (const command of ["preview", "up"]) {
      const line = (await notes()).split("\n").find((note) => note.startsWith(`${command} `));
      expect(line, command).to.include(`--policy-pack ${join(directory, "policy")}`);
    }
  });

  it("asks to log in when the state cannot be opened", async () => {
    process.env.STORY = "logged out";
    const { message } = await rejection(open());
    expect(message).to.include("npx pulumi login").and.include("PULUMI_ACCESS_TOKEN must be set");
    process.env.STORY = "";
  });

  it("reports the state in which a failed update leaves the stack", async () => {
    expect(await failureOfUpdate("fails")).to.match(
      /^The update of stage dev was not finished\. What Pulumi had finished stays/,
    );
  });

  it("reports that another update is running, and how to remove its lock", async () => {
    const message = await failureOfUpdate("conflict");
    expect(message)
      .to.match(/^Someone else is updating stage dev/)
      .and.include("npx pulumi cancel --stack dev");
  });

  it("lets the CLI cancel the update when it is interrupted", async () => {
    expect(await failureOfUpdate("waits")).to.match(/^The update of stage dev was interrupted/);
    expect(await notes()).to.include("cancelled");
  });
});
