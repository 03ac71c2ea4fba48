import type { Machine } from "../../machine.ts";
import { isMet, type Line } from "../line.ts";

/** A group that could not be measured. */
export interface FailedGroup {
  readonly title: string;
  readonly message: string;
}

/** The result of a run of the bench. */
export interface Report {
  /** The day, such as `2026-11-23`. */
  readonly at: string;
  readonly command: string;
  readonly machine: Machine;
  readonly lines: readonly Line[];
  readonly failed: readonly FailedGroup[];
}

/** Returns the report as JSON. Each line with a goal has `met`, which is null when it was not measured. */
export function json(report: Report): string {
  const lines = report.lines.map((line) => (line.goal ? { ...line, met: isMet(line) ?? null } : line));
  return `${JSON.stringify({ ...report, lines }, null, 2)}\n`;
}
