import { isMet, type Line } from "../line.ts";
import type { Report } from "./report.ts";

/** Three digits that count, whole numbers from a hundred up. */
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

/** A goal whose line has no value counts as neither met nor missed. */
function summary(lines: readonly Line[]): string {
  const judged = lines.filter(({ goal }) => goal).map(isMet);
  const measured = judged.filter((met) => met !== undefined);
  const rest = judged.length - measured.length;
  const met = `${measured.filter(Boolean).length} of ${measured.length} goals met`;
  return rest > 0 ? `${met}, ${rest} not measured.` : `${met}.`;
}

/** One table for each group, in the order of its lines. */
export function markdown({ at, command, machine, lines, failed }: Report): string {
  const groups = Map.groupBy(lines, ({ group }) => group);
  const tables = [...groups].map(([title, of]) =>
    [`## ${title}`, "", "| | value | goal | | |", "| --- | ---: | ---: | --- | --- |", ...of.map(row)].join(
      "\n",
    ),
  );
  const failures = failed.map(({ title, message }) => `- **Failed, and not below:** ${title}: ${message}`);
  const where = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node.js ${machine.node}`;
  return [
    "# Bench",
    "",
    `\`${command}\`, ${at}, on ${where}; load before it began ${machine.load}.`,
    "",
    "CPU is user and system time, median of runs taken in turns, each contender in a process of its own and warm. " +
      "A ratio below 1 against ours is a contender that takes less. What a program that converts pictures takes for one of " +
      "8×8 pixels is its start: measured in the same turns and subtracted from its CPU, not from the clock. Megabytes are the " +
      "peak of a process, of programs unknown.",
    "",
    summary(lines),
    "",
    ...(failures.length > 0 ? [...failures, ""] : []),
    tables.join("\n\n"),
    "",
  ].join("\n");
}
