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
  /** Whether nothing of it is charged. */
  readonly isLocal: boolean;
}

/** Headings of the plan's columns, in their order. */
const columns = {
  missing: "missing",
  otherSettings: "other settings",
  otherSource: "other source",
  failed: "failed before",
  ready: "unchanged",
} as const satisfies Record<Finding, string>;
const findings = Object.keys(columns) as Finding[];

/** The plan for people to decide on. */
export function planText(plan: Plan, context: PlanContext): string {
  const { uploads, matching, variants, outstanding, requests } = plan;
  const since = context.since ? ` since ${context.since.toISOString()}` : "";
  if (uploads === 0) return `There are no uploads${since}: nothing to do.`;
  const looked = `Looking cost ${countText(requests.list, "list")} and ${countText(requests.get, "get request")}, ${dollarsText(costOfRequests(requests))}.`;
  return [
    `${countText(uploads, "upload")}${since}, ${numberText(matching)} of a type that these variants are made of.`,
    "",
    table(
      ["variant", ...findings.map((finding) => columns[finding])],
      variants.map(({ name, findings: found }) => [name, ...findings.map((finding) => found[finding])]),
    ),
    "",
    ...(outstanding === 0 ? [nothingText(plan)] : workText(plan, context)),
    ...(context.isLocal ? [] : [looked]),
  ].join("\n");
}

function nothingText({ variants }: Plan): string {
  const failed = variants.some(({ findings: found }) => found.failed > 0);
  return `Nothing to do.${failed ? " What failed before is tried again with --failed." : ""}`;
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
    `${countText(outstanding, "event")} to publish, in ${durationText(outstanding / rate)} or more at ${numberText(rate)} a second, to make ${countText(variants, "variant")}.`,
    `Messages to converters: ${invocations}${idle > 0 ? `; in ${numberText(idle)} of them there is nothing to make` : ""}.`,
    `${bytesText(total(active, "bytes"))} to read. Subscribers of the conversions topic are told of every variant.`,
    `Estimated cost${isLocal ? ", were it on AWS" : ""}: ${dollarsText(cost.total)}` +
      ` (Lambda ${dollarsText(cost.lambda)}, S3 ${dollarsText(cost.s3)}, SNS ${dollarsText(cost.sns)}, SQS ${dollarsText(cost.sqs)}),` +
      ` by list prices of ${prices.region} on ${prices.date}; docs/backfill.md says what it assumes.`,
  ];
}

/** How a backfill ended, and what to do about what is left. */
export function backfillOutcomeText(plan: Plan, outcome: BackfillOutcome): string {
  const { published, unpublished, ready, failed, pending, failures } = outcome;
  return [
    `${countText(published, "event")} published. ${countText(ready, "variant")} ready, ${numberText(failed)} failed, ` +
      `${numberText(unchangedIn(plan))} unchanged, ${numberText(pending)} still pending.`,
    ...failures.map(({ key, variant, code, message }) => `${key}: ${variant}: ${code}: ${message}`),
    ...(failed > failures.length
      ? [`… and ${numberText(failed - failures.length)} more; their receipts say why.`]
      : []),
    ...(pending > 0
      ? [
          "What is pending waits in the queues, or after five attempts in a dead-letter queue: npm run henkan -- redrive",
          "shows it and moves it back. Or the upload has been deleted since.",
        ]
      : []),
    ...(unpublished > 0 ? [leftText(unpublished, pending)] : []),
  ].join("\n");
}

function leftText(unpublished: number, pending: number): string {
  const why =
    pending > 0 ? `, since no more than ${numberText(uploadsUnderWay)} uploads are under way at a time` : "";
  return `${countText(unpublished, "event")} not published${why}. Run the same command again to go on.`;
}

/** What an interrupted or failed backfill leaves. */
export function interruptedText({ published, unpublished, pending }: BackfillOutcome): string {
  return (
    `Stopped: ${countText(published, "event")} published, ${numberText(unpublished)} not. ` +
    `${countText(pending, "variant")} of the published may still be made. ` +
    "Run the same command again to go on: it plans only what is left."
  );
}

/** The shape is documented in docs/backfill.md. */
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
