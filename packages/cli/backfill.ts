import { setTimeout } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { countText, numberText } from "@henkan/client/text";
import { removeReceipts } from "./backfill/failed-receipts.ts";
import { findingOf, s3Receipts } from "./backfill/findings.ts";
import { type Ledger, withLedger } from "./backfill/ledger.ts";
import { makePlan, type Plan } from "./backfill/plan.ts";
import { type BackfillOutcome, remake } from "./backfill/remaking.ts";
import { backfillJson, backfillOutcomeText, interruptedText, planText } from "./backfill/report.ts";
import { parseSince } from "./backfill/since.ts";
import { type StageVariants, stageVariants } from "./backfill/stage-variants.ts";
import { eventPublisher } from "./backfill/upload-events.ts";
import { answers } from "./command/questions.ts";
import { defineCommand, UsageError, wholeNumber } from "./command.ts";
import { Progress } from "./progress.ts";
import { resolveTarget, type Target, targetHelp, targetOptions } from "./target.ts";

const help = `Makes the variants that old uploads lack after a variant was added to the stage or its options were changed.

  npm run henkan -- backfill [--variant NAME…] [--since DATE] [--failed] [--dry-run] [--yes] [--rate N]
                             [--timeout SECONDS] [--json] [--stage NAME] [--deployed] [--data DIR]

  --variant NAME make this variant only; can be given several times (default: all of the stage)
  --since DATE   only uploads since this date (2026-11-01, UTC) or time (2026-11-01T09:30:00+09:00)
  --failed       also try failed variants again
  --dry-run      show the plan and change nothing
  --yes          do not ask before events are published
  --rate N       events a second at most, 1 to 300 (default: 10)
  --timeout N    give up when nothing has happened for N seconds (default: 300)
  --json         print one JSON document instead of text
${targetHelp}

The command prints a plan first. Then it publishes the uploads' events again, and the converters make the missing
variants. They skip variants that have a receipt, so you can interrupt the command and run it again. The exit code is 1
when a variant failed or is still pending.`;

/** SNS allows at least 300 a second, https://docs.aws.amazon.com/general/latest/gr/sns.html. */
const maxRate = 300;
const maxTimeoutSeconds = 86_400;
/** The attempts of each request. The SDK's default of three is too few for the throttling of a long run. */
const maxAttempts = 8;

interface Request {
  readonly target: Target;
  readonly variants: StageVariants;
  readonly since: Date | undefined;
  readonly retryFailed: boolean;
  readonly rate: number;
  readonly patienceMs: number;
  readonly progress: Progress;
  readonly interruption: AbortSignal;
}

export const backfill = defineCommand({
  help,
  options: {
    ...targetOptions,
    variant: { type: "string", multiple: true, default: [] },
    since: { type: "string" },
    failed: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
    rate: { type: "string", default: "10" },
    timeout: { type: "string", default: "300" },
    json: { type: "boolean", default: false },
  },
  run: async ({ values, interruption }) => {
    if (values.json && !values.yes && !values["dry-run"]) {
      throw new UsageError("--json cannot ask: add --yes or --dry-run");
    }
    const since = values.since === undefined ? undefined : parseSince(values.since, new Date());
    const rate = wholeNumber("--rate", values.rate, maxRate);
    const patienceMs = wholeNumber("--timeout", values.timeout, maxTimeoutSeconds) * 1_000;
    const target = await resolveTarget(values);
    const variants = stageVariants(target.stage, target.outputs.variants, values.variant);
    console.error(`Backfill of ${target.description}`);
    const progress = new Progress(process.stderr.isTTY ? process.stderr : undefined);
    const retryFailed = values.failed;
    const request = { target, variants, since, retryFailed, rate, patienceMs, progress, interruption };

    return withLedger(async (ledger) => {
      const plan = await planned(ledger, request);
      if (!values.json) console.log(planText(plan, { since, rate, isLocal: target.isLocal }));
      const isWanted = plan.outstanding > 0 && !values["dry-run"];
      if (isWanted && !values.yes && !(await confirm(plan, interruption))) {
        console.log("Nothing was published");
        return 1;
      }
      const outcome = isWanted ? await remade(ledger, plan, request) : undefined;
      if (values.json) console.log(backfillJson(target.stage, { since }, plan, outcome));
      else if (outcome) console.log(`\n${backfillOutcomeText(plan, outcome)}`);
      return outcome && outcome.failed + outcome.pending + outcome.unpublished > 0 ? 1 : 0;
    });
  },
});

function confirm({ outstanding }: Plan, interruption: AbortSignal): Promise<boolean> {
  return answers(`\nPublish ${countText(outstanding, "event")}? Type yes to continue:`, "yes", interruption);
}

async function planned(ledger: Ledger, request: Request): Promise<Plan> {
  const { target, variants, since, retryFailed, progress, interruption: signal } = request;
  const s3 = new S3Client({ ...target.clientConfig("s3"), maxAttempts });
  const onProgress = (uploads: number) => progress.show(`Planning: ${countText(uploads, "upload")} checked`);
  try {
    return await makePlan(s3, target.outputs, ledger, { variants, retryFailed, since, signal, onProgress });
  } finally {
    progress.clear();
    s3.destroy();
  }
}

async function remade(ledger: Ledger, { outstanding }: Plan, request: Request): Promise<BackfillOutcome> {
  const { target, variants, rate, patienceMs, progress, interruption: signal } = request;
  const { outputs } = target;
  const s3 = new S3Client({ ...target.clientConfig("s3"), maxAttempts });
  const sns = new SNSClient({ ...target.clientConfig("sns"), maxAttempts });
  const publish = eventPublisher(sns, outputs, signal);
  const readReceipt = s3Receipts(s3, outputs.outputsBucket, { signal });
  let soFar: BackfillOutcome | undefined;
  try {
    return await remake(ledger, {
      total: outstanding,
      publish: async (upload) => {
        await removeReceipts(s3, outputs.outputsBucket, upload, signal);
        await publish(upload);
      },
      receiptOf: async (upload, name) => {
        const variant = variants.wanted.find((wanted) => wanted.name === name);
        const receipt = await readReceipt(upload.uploadId, name);
        const finding = variant && findingOf(receipt, variant, upload);
        return finding === "ready" || finding === "failed" ? receipt : undefined;
      },
      rate,
      patienceMs,
      now: Date.now,
      sleep: (milliseconds) => setTimeout(milliseconds, undefined, { signal }),
      onProgress: (outcome) => {
        soFar = outcome;
        progress.show(progressText(outcome));
      },
    });
  } catch (error) {
    progress.clear();
    if (soFar) console.error(interruptedText(soFar));
    else console.error("Stopped before any event was published.");
    throw error;
  } finally {
    progress.clear();
    s3.destroy();
    sns.destroy();
  }
}

function progressText({ published, unpublished, ready, failed, pending }: BackfillOutcome): string {
  return (
    `Published ${numberText(published)} of ${numberText(published + unpublished)} events; ` +
    `${countText(ready, "variant")} ready, ${numberText(failed)} failed, ${numberText(pending)} pending`
  );
}
