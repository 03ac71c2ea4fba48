import { isMet, type Line } from "../line.ts";
import type { Machine } from "../machine.ts";

export interface Report {
  readonly at: string;
  readonly command: string;
  readonly machine: Machine;
  readonly lines: readonly Line[];
}

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

/** One table for each group, in the order of its lines. */
export function markdown({ at, command, machine, lines }: Report): string {
  const groups = Map.groupBy(lines, ({ group }) => group);
  const tables = [...groups].map(([title, of]) =>
    [`## ${title}`, "", "| | value | goal | | |", "| --- | ---: | ---: | --- | --- |", ...of.map(row)].join(
      "\n",
    ),
  );
  const judged = lines.map(isMet).filter((met) => met !== undefined);
  const summary = `${judged.filter(Boolean).length} of ${judged.length} goals met.`;
  const where = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node.js ${machine.node}`;
  return [
    "# Bench",
    "",
    `\`${command}\`, ${at}, on ${where}; load before it began ${machine.load}.`,
    "",
    "CPU is user and system time, median of runs taken in turns, each contender in a process of its own and warm. " +
      "A ratio below 1 against ours is a contender that takes less.",
    "",
    summary,
    "",
    tables.join("\n\n"),
    "",
  ].join("\n");
}
