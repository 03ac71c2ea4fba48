import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { withLedger } from "../../../../packages/cli/backfill/ledger.ts";
import { announceCloud } from "../../../../packages/cli/target/running-cloud.ts";
import { SeededFaults } from "../../../../proofs/torture/faults/seeded-faults.ts";
import { arnOf } from "../../../infra/stages.ts";
import { graphWithVariants } from "../../../support/graphs.ts";
import { startPipeline } from "../../../support/pipeline.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";
import { until } from "../../../support/until.ts";
import { finished, upload } from "../../../support/uploads.ts";
import { FakeClock } from "../../local-cloud/fake-clock.ts";
import { ended, runCommand, startCommandWith } from "../command-line.ts";
import { runHenkan } from "../in-process.ts";
import { type RunningStage, withStage } from "./running-stage.ts";

const archive = { converter: "zip" };
const smaller = { ...archive, level: 9 };

async function uploadNotes(stage: RunningStage, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { id } = await upload(stage, `${index}.txt`, "text/plain", Buffer.from(`note ${index}`));
    await finished(stage, id);
  }
}

/** Gives the commands the credentials of one of the program's roles. */
function authenticateAs(dataDirectory: string, { cloud, graph }: RunningStage, role: string): void {
  const path = join(dataDirectory, "running.json");
  const { accessKeyId, secretAccessKey } = cloud.credentials.issue(arnOf(graph, role));
  const running = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...running, credentials: { accessKeyId, secretAccessKey } }));
}

describe("henkan backfill in adversity", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    data = temporaryDirectory();
  });
  afterEach(() => data.remove());

  it("reports its progress when it is interrupted, cleans up and continues when run again", async () => {
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
        /Stopped: \d events? published, \d not\. .* Run the same command again to continue: it plans only what is left\.\n$/,
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

  it("names the missing permission", async () => {
    await withStage(data.path, { archive }, (stage) => uploadNotes(stage, 1));
    const refused = async (stage: RunningStage) => {
      const { uploadsBucket, uploadsTopicArn } = stage.graph.outputs;
      authenticateAs(data.path, stage, "zip-role");
      const publishing = await stage.backfill("--yes");
      expect(publishing.code).to.equal(1);
      expect(publishing.stderr).to.contain(
        `These credentials lack a permission: allow them sns:Publish on ${uploadsTopicArn}. AWS answered: User: `,
      );
      expect(publishing.stderr).to.contain("Stopped before any event was published.\n");
      expect(publishing.stderr).not.to.match(/^ +at /m);

      authenticateAs(data.path, stage, "release-role");
      const planning = await stage.backfill("--dry-run");
      expect(planning.code).to.equal(1);
      expect(planning.stderr).to.contain(`allow them s3:ListBucket on ${uploadsBucket}. AWS answered: `);
    };
    await withStage(data.path, { smaller }, refused, { onDenied: () => {} });
  });

  it("reports a full disk when it saves the plan", async () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = join(data.path, "missing");
    try {
      const error = await withLedger(async () => {}).catch((error) => error);
      expect(error).to.include({ name: "RequestError", code: "not-saved" });
      expect(error.message).to.match(
        /cannot be saved in .*missing: ENOENT.* TMPDIR to another folder. Nothing was changed$/,
      );
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });

  it("retries while S3 and SNS throttle", async () => {
    const faults = new SeededFaults({ seed: 4, throttle: 0.2 });
    await withStage(data.path, { archive }, (stage) => uploadNotes(stage, 3));
    // A message that fails comes again after its visibility timeout, half an hour.
    const clock = new FakeClock(Date.now());
    const passTime = setInterval(() => clock.advance(60_000), 100);
    try {
      await withStage(
        data.path,
        { smaller },
        async (stage) => {
          const { code, document } = await stage.report("--yes");
          expect([code, document.outcome?.ready]).to.deep.equal([0, 3]);
        },
        { clock, faults },
      );
    } finally {
      clearInterval(passTime);
    }
  });

  it("reports that the stage does not answer", async () => {
    const graph = await graphWithVariants({ archive });
    const { cloud } = await startPipeline(data.path, { graph });
    await announceCloud(data.path, graph, cloud);
    await cloud.close();
    const { code, stderr } = await runCommand("henkan", "backfill", "--data", data.path, "--dry-run");
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /No answer \(.*ECONNREFUSED.*\) to s3:ListBucket on \S+: check that the stage still exists/,
    );
  });

  const mistakes: readonly (readonly [string[], string])[] = [
    [["--since", "soon"], "--since accepts a date such as 2026-11-01 (UTC)"],
    [["--rate", "1000"], '--rate accepts a whole number from 1 to 300, not "1000"'],
    [["--timeout", "-1"], "--timeout"],
    [["--json"], "--json cannot ask: add --yes or --dry-run"],
    [["dev"], "Unexpected argument 'dev'"],
  ];
  for (const [args, sentence] of mistakes) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await runHenkan("backfill", ...args);
      expect([code, stdout]).to.deep.equal([2, ""]);
      expect(stderr).to.contain(sentence);
    });
  }

  it("names the existing variants, and asks no question without a terminal", async () => {
    await withStage(data.path, { archive }, (stage) => uploadNotes(stage, 1));
    await withStage(data.path, { archive, smaller }, async (stage) => {
      const unknown = await stage.backfill("--variant", "tiny", "--dry-run");
      expect(unknown).to.include({ code: 2, stdout: "" });
      expect(unknown.stderr).to.contain(
        'Stage end-to-end declares no variant "tiny". Its variants: archive, smaller\n',
      );
      const unasked = await stage.backfill();
      expect(unasked.code).to.equal(2);
      expect(unasked.stderr).to.contain("Not a terminal. Pass --yes to confirm.");
      expect(stage.events).to.deep.equal([]);
    });
  });
});
