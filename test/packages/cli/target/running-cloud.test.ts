import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findRunningCloud } from "../../../../packages/cli/target/running-cloud.ts";
import { resolveTarget } from "../../../../packages/cli/target.ts";
import { rejection } from "../../../handlers/support/rejection.ts";
import { ended, type Started, startCommand } from "../command-line.ts";

describe("the target of a command", () => {
  let data: string;

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), "henkan-target-"));
  });

  afterEach(() => rm(data, { recursive: true }));

  async function whileRunning(work: (urls: Record<string, string>, started: Started) => Promise<void>) {
    const started = await startCommand("start", "--port", "0", "--json", "--data", data);
    try {
      await work(JSON.parse(started.line), started);
    } finally {
      started.child.kill("SIGTERM");
      await ended(started.child);
    }
  }

  it("is the local stage, with its own addresses, for as long as it runs", async () => {
    await whileRunning(async (urls) => {
      const target = await resolveTarget({ deployed: false, data });
      expect(target).to.include({ stage: "dev", isLocal: true, description: "stage dev on this machine" });
      expect(target.outputs).to.include({ apiUrl: urls.api, cdnUrl: urls.cdn });
      expect(target.clientConfig("s3")).to.include({ endpoint: urls.s3, region: target.outputs.region });
      expect((await resolveTarget({ deployed: false, data, stage: "dev" })).isLocal).to.equal(true);
      const { message } = await rejection(resolveTarget({ deployed: false, data, stage: "prod" }));
      expect(message).to.equal(`No npm start runs on ${data} with stage prod`);
      const { mode } = await stat(join(data, "running.json"));
      expect(mode & 0o077, "permissions of others on the file with its keys").to.equal(0);
    });
    expect(await findRunningCloud(data)).to.equal(undefined);
  });

  it("is not a stage whose process was killed", async () => {
    const { child } = await startCommand("start", "--port", "0", "--json", "--data", data);
    expect(await findRunningCloud(data)).to.include({ pid: child.pid });
    child.kill("SIGKILL");
    await ended(child);
    expect(JSON.parse(await readFile(join(data, "running.json"), "utf8"))).to.include({ pid: child.pid });
    expect(await findRunningCloud(data)).to.equal(undefined);
  });

  it("names the command to run when there is none", async () => {
    expect((await rejection(resolveTarget({ deployed: false, data }))).message).to.equal(
      `No npm start runs on ${data}`,
    );
    expect((await rejection(resolveTarget({ deployed: true }))).message).to.equal(
      "Name the deployed stage: --stage NAME",
    );
    expect((await rejection(resolveTarget({ deployed: true, data, stage: "dev" }))).message).to.include(
      "--data",
    );
    await writeFile(join(data, "running.json"), "{}");
    expect((await rejection(findRunningCloud(data))).name).to.equal("ValiError");
  });
});
