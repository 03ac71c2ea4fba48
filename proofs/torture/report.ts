import { table } from "@henkan/cli/text";
import { thisMachine } from "../machine.ts";
import type { InjectedFault } from "./faults/settings.ts";
import type { Evidence } from "./invariants/evidence.ts";
import { type BrokenInvariant, invariants } from "./invariants.ts";

/** The result of one round. */
export interface RoundReport {
  readonly seed: number;
  /** Number of uploads accepted during the storm, and after it. */
  readonly uploads: number;
  readonly calmUploads: number;
  /** Number of uploads sent in parts. */
  readonly multipartUploads: number;
  readonly seconds: number;
  /** Number of injected faults by kind, `kill -9` of the whole cloud included. */
  readonly faults: Readonly<Record<string, number>>;
  /** Number of receipts at the end, by state. */
  readonly variants: { readonly ready: number; readonly failed: number };
  /** Messages in the dead-letter queues after the storm; `redriven` counts those that the redrive moved. */
  readonly deadLetters: number;
  readonly redriven: number;
  readonly broken: readonly BrokenInvariant[];
}

/** The results of all finished rounds, and the machine that ran them. */
export interface TortureReport {
  readonly machine: string;
  readonly rounds: readonly RoundReport[];
  readonly uploads: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly broken: number;
}

/**
 * Returns the report of a round.
 *
 * @param seconds the duration of the round
 */
export function roundReport(
  seed: number,
  evidence: Evidence,
  broken: readonly BrokenInvariant[],
  seconds: number,
): RoundReport {
  const states = evidence.afterRedrive.receipts.flatMap(({ receipt }) =>
    "unreadable" in receipt ? [] : [receipt.state],
  );
  const calm = evidence.accepted.filter(({ id }) => id === evidence.calmUploadId);
  const letters = evidence.stage.queues.map(
    ({ deadLetterArn }) => evidence.afterStorm.messages.get(deadLetterArn)?.length ?? 0,
  );
  return {
    seed,
    uploads: evidence.accepted.length - calm.length,
    calmUploads: calm.length,
    multipartUploads: evidence.accepted.filter(({ parts }) => parts !== undefined).length,
    seconds,
    faults: { ...countByKind(evidence.faults), "kill -9": evidence.kills.length },
    variants: {
      ready: states.filter((state) => state === "ready").length,
      failed: states.filter((state) => state === "failed").length,
    },
    deadLetters: letters.reduce((sum, count) => sum + count, 0),
    redriven: evidence.redriven,
    broken,
  };
}

function countByKind(faults: readonly InjectedFault[]): Record<string, number> {
  const counts = [...Map.groupBy(faults, ({ kind }) => kind)].map(([kind, those]) => [kind, those.length]);
  return Object.fromEntries(counts.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Adds up the reports of the rounds. */
export function tortureReport(rounds: readonly RoundReport[]): TortureReport {
  const { cores, cpu, memoryGb, node } = thisMachine();
  const faults: Record<string, number> = {};
  for (const round of rounds) {
    for (const [kind, count] of Object.entries(round.faults)) faults[kind] = (faults[kind] ?? 0) + count;
  }
  return {
    machine: `${cores} × ${cpu}, ${memoryGb} GB, Node.js v${node}`,
    rounds,
    uploads: rounds.reduce((sum, { uploads }) => sum + uploads, 0),
    faults,
    broken: rounds.reduce((sum, { broken }) => sum + broken.length, 0),
  };
}

/** Returns the report as tables: the faults, the figures and the invariants. */
export function describeReport(report: TortureReport): string {
  const { rounds, faults, machine } = report;
  const broken = rounds.flatMap((round) => round.broken);
  const total = (count: (round: RoundReport) => number) =>
    rounds.reduce((sum, round) => sum + count(round), 0);
  const facts = [
    ["seeds", rounds.map(({ seed }) => seed).join(" ")],
    ["uploads accepted", String(report.uploads)],
    ["after the storm", String(total(({ calmUploads }) => calmUploads))],
    ["in parts", String(total(({ multipartUploads }) => multipartUploads))],
    ["variants ready", String(total(({ variants }) => variants.ready))],
    ["variants failed", String(total(({ variants }) => variants.failed))],
    ["dead letters", String(total(({ deadLetters }) => deadLetters))],
    ["redriven", String(total(({ redriven }) => redriven))],
    ["seconds", total(({ seconds }) => seconds).toFixed(0)],
    ["machine", machine],
  ];
  const verdicts = invariants.map(({ name, promise }) => {
    const count = broken.filter(({ invariant }) => invariant === name).length;
    return [count === 0 ? "held" : `broken ${count} ×`, name, promise];
  });
  return [
    table(["fault", "injected"], Object.entries(faults)),
    table(["", ""], facts).trimStart(),
    table(["invariant", "name", "promise"], verdicts),
  ].join("\n\n");
}
