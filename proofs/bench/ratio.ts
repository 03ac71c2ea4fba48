import { numberText } from "@henkan/client/text";
import type { Goal, Line } from "./line.ts";
import type { Figures, Results } from "./measure/contest.ts";

interface Comparison {
  readonly group: string;
  readonly name: string;
  readonly figures: Results;
  readonly of: string;
  readonly against: string;
  readonly goal?: Goal;
  /** Text before the figures in the note. */
  readonly remark?: string;
}

/** Compares the CPU times of `of` and `against`. When one is missing, the line has the reason in place of a value. */
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

/** Describes CPU time without the start, the time to start, the elapsed time, and the peak memory where it is known. */
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
  return `${value < 10 ? value.toFixed(1) : numberText(Math.round(value))} ms`;
}

/** Returns a line without a goal for each contender in `of`, compared with `ours`; missing contenders come last. */
export function field(
  group: string,
  name: string,
  figures: Results,
  ours: string,
  /** A text for the note, by contender. */
  remarks: ReadonlyMap<string, string> = new Map(),
): Line[] {
  return [...figures.keys(), ...(figures.missing?.keys() ?? [])]
    .filter((of) => of !== ours)
    .map((of) => {
      const comparison = { group, name: `${name}: ${of} against ours`, figures, of, against: ours };
      return cpuRatio({ ...comparison, remark: remarks.get(of) });
    });
}
