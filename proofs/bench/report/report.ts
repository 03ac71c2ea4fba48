import { isMet, type Line } from "../line.ts";
import type { Machine } from "../machine.ts";

/** A group that could not be measured. */
export interface FailedGroup {
  readonly title: string;
  readonly message: string;
}

/** The result of a run of the bench. */
export interface Report {
  /** A day, `2026-11-23`. */
  readonly at: string;
  readonly command: string;
  readonly machine: Machine;
  readonly lines: readonly Line[];
  readonly failed: readonly FailedGroup[];
}

/** The report as JSON, each line with a goal saying whether it is `met`: null where it was not measured. */
export function json(report: Report): string {
  const lines = report.lines.map((line) => (line.goal ? { ...line, met: isMet(line) ?? null } : line));
  return `${JSON.stringify({ ...report, lines }, null, 2)}\n`;
}
