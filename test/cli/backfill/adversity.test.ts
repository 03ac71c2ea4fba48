import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { announceCloud } from "../../../cli/target/running-cloud.ts";
import { finished, startPipeline, temporaryDirectory, until, upload } from "../../end-to-end/pipeline.ts";
import { ended, runCommand, startCommandWith } from "../command-line.ts";
import { type RunningStage, withStage } from "./running-stage.ts";

const archive = { converter: "zip" };
const smaller = { ...archive, level: 9 };

async function uploadNotes(stage: RunningStage, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { id } = await upload(stage, `${index}.txt`, "text/plain", Buffer.from(`note ${index}`));
    await finished(stage, id);
  }
}

/** Gives the commands the credentials of another principal. */
function authenticateAs(dataDirectory: string, stage: RunningStage, role: string): void {
  const path = join(dataDirectory, "running.json");
  const { accessKeyId, secretAccessKey } = stage.cloud.credentials.issue(
    `arn:aws:iam::${stage.graph.accountId}:role/${role}`,
  );
  const running = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...running, credentials: { accessKeyId, secretAccessKey } }));
}

describe("henkan backfill in adversity", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    data = temporaryDirectory();
  });
  afterEach(() => data.remove());

  it("says when it is interrupted how far it came, leaves nothing behind and goes on when run again", async () => {
    await withStage(data.path, { archive }, (stage) => uploadNotes(stage, 4));
    await withStage(data.path, { archive, smaller }, async (stage) => {
      const scratch = join(data.path, "scratch");
      mkdirSync(scratch);
      const { child } = await startCommandWith(
        { TMPDIR: scratch },
        ...(["henkan", "backfill", "--data", data.path, "--yes", "--rate", "1"] as const),
      );
      const errors = child.stderr ? text(child.stderr) : "";
      const exit = ended(child);
      await until(() => stage.events.length >= 1);
      child.kill("SIGINT");
      expect(await exit).to.equal(130);
      expect(await errors).to.match(
        /Stopped: \d events? published, \d not\. .* Run the same command again to go on: it plans only what is left\.\n$/,
      );
      expect(readdirSync(scratch)).to.deep.equal([]);

      const { code, document } = await stage.report("--yes");
      expect(code).to.equal(0);
      expect(document.plan.events).to.be.within(1, 3);
      expect(document.outcome).to.include({ published: document.plan.events, pending: 0, failed: 0 });
      expect(new Set(stage.events.map(({ uploadId }) => uploadId)).size).to.equal(4);
      expect((await stage.report("--dry-run")).document.plan.events).to.equal(0);
    });
  });

  it("names the permission that is missing, before and after the plan", async () => {
    await withStage(data.path, { archive }, (stage) => uploadNotes(stage, 1));
    await withStage(data.path, { smaller }, async (stage) => {
      const roles = stage.graph.resources.filter(({ type }) => type === "aws:iam/role:Role");
      const roleOf = (name: string) =>
        String(roles.find((role) => role.name === name)?.attributes.arn).split("role/")[1] ?? "";
      authenticateAs(data.path, stage, "nobody");
    });
  });
});
