import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  readReleaseStage,
  requireAccountId,
  requireOwnValues,
} from "../../../../packages/cli/release/stage.ts";
import { rejection } from "../../../handlers/support/rejection.ts";

describe("readReleaseStage", () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "henkan-stages-"));
    const config = 'aws:region: eu-central-1, aws:allowedAccountIds: ["123456789012"]';
    await writeFile(join(directory, "Pulumi.dev.yaml"), `config: { ${config} }`);
    await writeFile(
      join(directory, "Pulumi.prod.yaml"),
      `{ secretsprovider: "awskms://alias/x", config: { ${config}, henkan:protect: true, henkan:key: { secure: AAAB } } }`,
    );
    await writeFile(join(directory, "Pulumi.odd.yaml"), "config: { aws:region: eu-central-1 }");
  });

  after(() => rm(directory, { recursive: true }));

  const failure = async (...names: string[]) => {
    const { name, message } = await rejection(readReleaseStage(directory, names));
    expect(name).to.equal("UsageError");
    return message;
  };

  it("reads the settings that a release needs, and no secret", async () => {
    expect(await readReleaseStage(directory, ["prod"])).to.deep.equal({
      name: "prod",
      region: "eu-central-1",
      accountId: "123456789012",
      examples: [],
      isProtected: true,
      secretsProvider: "awskms://alias/x",
    });
    expect(await readReleaseStage(directory, ["dev"])).to.include({
      isProtected: false,
      secretsProvider: undefined,
    });
  });

  it("names the existing stages when none, an unknown one or two are given", async () => {
    expect(await failure()).to.equal("Name the stage. Stages: dev, odd, prod");
    expect(await failure("staging")).to.equal('There is no stage "staging". Stages: dev, odd, prod');
    expect(await failure("dev", "prod")).to.equal("Name one stage, not dev and prod");
  });

  it("refuses a stage without an account", async () => {
    expect(await failure("odd")).to.match(/^Pulumi\.odd\.yaml needs aws:region and, in quotes, one id/);
  });

  it("asks for the account id while the file has its placeholder", async () => {
    const stage = await readReleaseStage(directory, ["dev"]);
    expect(() => requireAccountId(stage)).not.to.throw();
    expect(() => requireAccountId({ ...stage, accountId: "222222222222" }))
      .to.throw("Pulumi.dev.yaml still has the placeholder 222222222222")
      .with.property("message")
      .that.includes(
        'write it into Pulumi.dev.yaml, in quotes:\n\n  aws:allowedAccountIds: ["YOUR_ACCOUNT_ID"]',
      );
  });

  it("names every setting that is still an example", async () => {
    const settings = [
      "aws:region: eu-central-1",
      'aws:allowedAccountIds: ["123456789012"]',
      'henkan:allowedOrigins: ["https://www.example.com", "https://my-example.com", "https://example.com.au"]',
      'henkan:auth: { issuer: "https://auth.example.com/", audience: [henkan] }',
      "henkan:alarms: { email: [ann@example.org] }",
    ];
    await writeFile(join(directory, "Pulumi.odd.yaml"), `config:\n  ${settings.join("\n  ")}`);
    const stage = await readReleaseStage(directory, ["odd"]);
    expect(() => requireOwnValues(stage))
      .to.throw("Pulumi.odd.yaml still has example values")
      .with.property("message")
      .that.matches(
        /\n\n {2}henkan:allowedOrigins\[0\]: .*\n {2}henkan:auth\.issuer: .*\n {2}henkan:alarms\.email\[0\]: .*$/,
      );
    expect(() => requireOwnValues({ ...stage, examples: [] })).not.to.throw();
  });
});
