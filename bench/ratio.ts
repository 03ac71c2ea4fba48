import type { Goal, Line } from "./line.ts";
import type { Figures } from "./measure/contest.ts";

type Measure = (figures: Figures) => number;

export const cpu: Measure = ({ cpuMs }) => cpuMs;

interface Comparison {
  readonly group: string;
  readonly name: string;
  readonly figures: ReadonlyMap<string, Figures>;
  readonly of: string;
  readonly against: string;
  readonly goal?: Goal;
}

/** How much CPU `of` takes against `against`; a line without a value when either is absent. */
export function cpuRatio({ group, name, figures, of, against, goal }: Comparison): Line {
  const [numerator, denominator] = [figures.get(of), figures.get(against)];
  const line = { group, name, unit: "×", goal };
  if (!numerator || !denominator) return { ...line, note: `absent: ${numerator ? against : of}` };
  return {
    ...line,
    value: numerator.cpuMs / denominator.cpuMs,
    note: `${of} ${milliseconds(numerator)}, ${against} ${milliseconds(denominator)}`,
  };
}

export function milliseconds({ cpuMs }: Figures): string {
  return `${cpuMs < 10 ? cpuMs.toFixed(1) : Math.round(cpuMs).toLocaleString("en")} ms`;
}

/** What every contender took, as lines without a goal: ours first. */
export function field(
  group: string,
  name: string,
  figures: ReadonlyMap<string, Figures>,
  ours: string,
): Line[] {
  return [...figures.values()]
    .filter((each) => each.name !== ours)
    .map((each) =>
      cpuRatio({ group, name: `${name}: ${each.name} against ours`, figures, of: each.name, against: ours }),
    );
}
