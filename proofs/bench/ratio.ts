import type { Goal, Line } from "./line.ts";
import type { Figures, Results } from "./measure/contest.ts";

interface Comparison {
  readonly group: string;
  readonly name: string;
  readonly figures: Results;
  readonly of: string;
  readonly against: string;
  readonly goal?: Goal;
  /** Put before the figures in the note. */
  readonly remark?: string;
}

/** How much CPU `of` takes against `against`; a line without a value when either is missing, with why. */
export function cpuRatio({ group, name, figures, of, against, goal, remark }: Comparison): Line {
  const [numerator, denominator] = [figures.get(of), figures.get(against)];
  const line = { group, name, unit: "×", goal };
  if (!numerator || !denominator) {
    const lacking = numerator ? against : of;
    return { ...line, note: `${lacking}: ${figures.missing?.get(lacking) ?? "absent"}` };
  }
  return {
    ...line,
    value: numerator.cpuMs / denominator.cpuMs,
    note: [remark, taken(numerator), taken(denominator)].filter(Boolean).join("; "),
  };
}

/** CPU without its start-up, that, the clock, and the peak of memory where it is known. */
function taken({ name, cpuMs, startUpMs, wallMs, peakMb }: Figures): string {
  return [
    `${name} ${milliseconds(cpuMs)}`,
    startUpMs !== undefined && `${milliseconds(startUpMs)} to start`,
    `${milliseconds(wallMs)} on the clock`,
    Number.isFinite(peakMb) && `${Math.round(peakMb)} MB`,
  ]
    .filter(Boolean)
    .join(", ");
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en")} ms`;
}

/** What everyone asked for took, as lines without a goal, in `of` against `ours`; the missing ones last. */
export function field(
  group: string,
  name: string,
  figures: Results,
  ours: string,
  /** By contender. */
  remarks: ReadonlyMap<string, string> = new Map(),
): Line[] {
  return [...figures.keys(), ...(figures.missing?.keys() ?? [])]
    .filter((of) => of !== ours)
    .map((of) => {
      const comparison = { group, name: `${name}: ${of} against ours`, figures, of, against: ours };
      return cpuRatio({ ...comparison, remark: remarks.get(of) });
    });
}
