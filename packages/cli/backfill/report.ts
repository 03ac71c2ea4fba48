import { bytesText, countText, dollarsText, durationText, numberText } from "@henkan/client/text";
import { prices } from "../cost/index.ts";
import { table } from "../text.ts";
import { costOfRequests, estimate } from "./estimate.ts";
import type { Finding } from "./findings.ts";
import type { Plan } from "./plan.ts";
import { type BackfillOutcome, uploadsUnderWay } from "./remaking.ts";

export interface PlanContext {
  readonly since: Date | undefined;
  readonly rate: number;
  /** The stage runs on this machine, so nothing is charged. */
  readonly isLocal: boolean;
}

/** The headings of the plan's columns, in their order. */
const columns = {
  missing: "missing",
  otherSettings: "other settings",
  otherSource: "other source",
  failed: "failed before",
  ready: "unchanged",
} as const satisfies Record<Finding, string>;
const findings = Object.keys(columns) as Finding[];

/** Returns the plan as text, for the operator's decision. */
export function planText(plan: Plan, context: PlanContext): string {
  const { uploads, matching, variants, outstanding, requests } = plan;
  const since = context.since ? ` since ${context.since.toISOString()}` : "";
  if (uploads === 0) return `There are no uploads${since}: nothing to do.`;
  const planning = `The plan took ${countText(requests.list, "list request")} and ${countText(requests.get, "get request")}, for ${dollarsText(costOfRequests(requests))}.`;
  return [
    `${countText(uploads, "upload")}${since}; these variants accept ${numberText(matching)} of them.`,
    "",
    table(
      ["variant", ...findings.map((finding) => columns[finding])],
      variants.map(({ name, findings: found }) => [name, ...findings.map((finding) => found[finding])]),
    ),
    "",
    ...(outstanding === 0 ? [nothingText(plan)] : workText(plan, context)),
    ...(context.isLocal ? [] : [planning]),
  ].join("\n");
}

function nothingText({ variants }: Plan): string {
  const failed = variants.some(({ findings: found }) => found.failed > 0);
  return `Nothing to do.${failed ? " Pass --failed to try again what failed before." : ""}`;
}

function workText({ outstanding, workload }: Plan, { rate, isLocal }: PlanContext): string[] {
  const active = workload.filter(({ messages }) => messages > 0);
  const variants = total(active, "variants");
  const idle = total(active, "messages") - total(active, "uploads");
  const invocations = active
    .map(({ converter, messages }) => `${converter} ${numberText(messages)}`)
    .join(", ");
  const cost = estimate(outstanding, workload);
  return [
    `${countText(outstanding, "event")} to publish, to make ${countText(variants, "variant")}. At ${numberText(rate)} per second, this takes at least ${durationText(outstanding / rate)}.`,
    `Messages to converters: ${invocations}${idle > 0 ? `; ${numberText(idle)} of them need no work` : ""}.`,
    `${bytesText(total(active, "bytes"))} to read. Subscribers of the conversions topic get an event for every variant.`,
    `Estimated cost${isLocal ? " if it ran on AWS" : ""}: ${dollarsText(cost.total)}` +
      ` (Lambda ${dollarsText(cost.lambda)}, S3 ${dollarsText(cost.s3)}, SNS ${dollarsText(cost.sns)}, SQS ${dollarsText(cost.sqs)}),` +
      ` by list prices of ${prices.region} on ${prices.date}; docs/backfill.md lists the assumptions.`,
  ];
}

/** Returns how a backfill ended, and what to do about the rest. */
export function backfillOutcomeText(plan: Plan, outcome: BackfillOutcome): string {
  const { published, unpublished, ready, failed, pending, failures } = outcome;
  return [
    `${countText(published, "event")} published. ${countText(ready, "variant")} ready, ${numberText(failed)} failed, ` +
      `${numberText(unchangedIn(plan))} unchanged, ${numberText(pending)} still pending.`,
    ...failures.map(({ key, variant, code, message }) => `${key}: ${variant}: ${code}: ${message}`),
    ...(failed > failures.length
      ? [`… and ${numberText(failed - failures.length)} more; their receipts contain the reasons.`]
      : []),
    ...(pending > 0
      ? [
          "The message of a pending variant is in a queue or, after five attempts, in a dead-letter queue, unless the upload",
          "has been deleted. npm run henkan -- redrive lists the messages of dead-letter queues and moves them back.",
        ]
      : []),
    ...(unpublished > 0 ? [leftText(unpublished, pending)] : []),
  ].join("\n");
}

function leftText(unpublished: number, pending: number): string {
  const why =
    pending > 0
      ? `, because at most ${numberText(uploadsUnderWay)} uploads are published and unfinished at a time`
      : "";
  return `${countText(unpublished, "event")} not published${why}. Run the same command again to continue.`;
}

/** Returns what an interrupted or failed backfill has done and left. */
export function interruptedText({ published, unpublished, pending }: BackfillOutcome): string {
  return (
    `Stopped: ${countText(published, "event")} published, ${numberText(unpublished)} not. ` +
    `The converters may still make ${countText(pending, "variant")} of the published events. ` +
    "Run the same command again to continue: it plans only what is left."
  );
}

/** Returns the plan and the outcome as one JSON document, in the shape that docs/backfill.md shows. */
export function backfillJson(
  stage: string,
  { since }: Pick<PlanContext, "since">,
  plan: Plan,
  outcome: BackfillOutcome | undefined,
): string {
  const { uploads, matching, outstanding, variants, workload, requests } = plan;
  const { region, date } = prices;
  return JSON.stringify(
    {
      stage,
      since: since?.toISOString() ?? null,
      plan: {
        uploads,
        matching,
        events: outstanding,
        variants: variants.map(({ name, findings: { ready, ...found } }) => ({
          name,
          ...found,
          unchanged: ready,
        })),
        messages: Object.fromEntries(workload.map(({ converter, messages }) => [converter, messages])),
        variantsToMake: total(workload, "variants"),
        bytesToRead: total(workload, "bytes"),
        requests,
        estimate: { currency: "USD", region, date, ...estimate(outstanding, workload) },
      },
      ...(outcome && { outcome: { ...outcome, unchanged: unchangedIn(plan) } }),
    },
    null,
    2,
  );
}

function unchangedIn({ variants }: Plan): number {
  return variants.reduce((sum, { findings: { ready } }) => sum + ready, 0);
}

function total<Key extends string>(items: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return items.reduce((sum, item) => sum + item[key], 0);
}
