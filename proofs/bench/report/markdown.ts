import { isMet, type Line } from "../line.ts";
import type { Report } from "./report.ts";

/** Returns a number with three significant digits, and from 100 as a whole number. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function withUnit(text: string, unit: string): string {
  if (unit === "") return text;
  return unit === "×" ? `${text}×` : `${text} ${unit}`;
}

function row(line: Line): string {
  const { name, value, unit, goal, note } = line;
  const met = isMet(line);
  const cells = [
    name,
    value === undefined ? "–" : withUnit(figure(value), unit),
    goal ? `${goal.comparison} ${withUnit(String(goal.value), unit)}` : "",
    met === undefined ? "" : met ? "met" : "**not met**",
    note ?? "",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Counts the goals. A goal whose line has no value is neither met nor missed. */
function summary(lines: readonly Line[]): string {
  const judged = lines.filter(({ goal }) => goal).map(isMet);
  const measured = judged.filter((met) => met !== undefined);
  const rest = judged.length - measured.length;
  const met = `${measured.filter(Boolean).length} of ${measured.length} goals met`;
  return rest > 0 ? `${met}, ${rest} not measured.` : `${met}.`;
}

/** Returns the report with one table per group, in the order of its lines. */
export function markdown({ at, command, machine, lines, failed }: Report): string {
  const groups = Map.groupBy(lines, ({ group }) => group);
  const tables = [...groups].map(([title, of]) =>
    [`## ${title}`, "", "| | value | goal | | |", "| --- | ---: | ---: | --- | --- |", ...of.map(row)].join(
      "\n",
    ),
  );
  const failures = failed.map(
    ({ title, message }) => `- **Failed, so not in the tables:** ${title}: ${message}`,
  );
  const where = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node.js ${machine.node}`;
  return [
    "# Bench",
    "",
    `\`${command}\`, ${at}, on ${where}; load before the start ${machine.load}.`,
    "",
    "CPU is user and system time: the median of runs in turns, each contender in a warm process of its own. A ratio " +
      "below 1 against ours means that the contender needs less. For programs that convert pictures, the time for a " +
      "picture of 8×8 pixels is the time to start. It is measured in the same turns and subtracted from their CPU, but " +
      "not from the elapsed time. Megabytes are the peak of a process; they are unknown for programs.",
    "",
    summary(lines),
    "",
    ...(failures.length > 0 ? [...failures, ""] : []),
    tables.join("\n\n"),
    "",
  ].join("\n");
}
