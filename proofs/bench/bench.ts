import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCommand, runCommand } from "@henkan/cli/command";
import { thisMachine } from "../machine.ts";
import { chosen } from "./chosen.ts";
import type { Bench, Group } from "./group.ts";
import { isMet, type Line } from "./line.ts";
import { bundleCases } from "./measure/bundle-cases.ts";
import { contest } from "./measure/contest.ts";
import { findTool } from "./measure/tool.ts";
import { installPeers } from "./peers.ts";
import { figure, markdown } from "./report/markdown.ts";
import { type FailedGroup, json, type Report } from "./report/report.ts";

/** The groups by name, in the order of the report. Each is loaded before it is measured. */
const groups: Readonly<Record<string, () => Promise<Group>>> = {
  jpeg: async () => (await import("./groups/jpeg.ts")).jpegGroup,
  png: async () => (await import("./groups/png.ts")).pngGroup,
  sizes: async () => (await import("./groups/sizes.ts")).sizesGroup,
  zip: async () => (await import("./groups/zip.ts")).zipGroup,
  cold: async () => (await import("./groups/cold.ts")).coldGroup,
  memory: async () => (await import("./groups/memory.ts")).memoryGroup,
  pipeline: async () => (await import("./groups/pipeline.ts")).pipelineGroup,
  cost: async () => (await import("./groups/cost.ts")).costGroup,
};
const names = Object.keys(groups);

const help = `Usage: npm run bench -- [--only NAMES] [--quick] [--json]

Measures Henkan against others and against limits, and says which goals are met.

  --only NAMES  some of ${names.join(", ")}, separated by commas
  --quick       fewer rounds and smaller inputs: to try things out, not to quote
  --json        print JSON instead of Markdown

A whole run in which no group fails writes proofs/bench/results/latest.md and latest.json. Programs that are not installed are
reported as absent.`;

const quickRounds = 3;
const say = (text: string) => process.stderr.write(`${text}\n`);

function benchIn(directory: string, quick: boolean, signal: AbortSignal): Bench {
  const bundles = join(import.meta.dirname, "../..", ".henkan", `bench-${process.pid}`);
  return {
    directory,
    quick,
    signal,
    bundles,
    contest: (cases, { rounds, warmUps }) =>
      contest(
        cases.filter((each) => each !== undefined),
        {
          bundles,
          rounds: quick ? Math.min(rounds, quickRounds) : rounds,
          warmUps,
          signal,
          say: (text) => say(`  ${text}`),
        },
      ),
    tool: findTool,
    say: (text) => say(`  ${text}`),
  };
}

/** Measures the groups. A group that fails is reported and left out, so the figures of the others are kept. */
async function measure(wanted: readonly string[], bench: Bench): Promise<Pick<Report, "lines" | "failed">> {
  const lines: Line[] = [];
  const failed: FailedGroup[] = [];
  for (const name of wanted) {
    const group = await groups[name]?.();
    if (!group) continue;
    say(group.title);
    try {
      const made = await group.run(bench);
      for (const line of made) {
        if (isMet(line) === false)
          say(`  not met: ${line.name}, ${figure(line.value ?? Number.NaN)} ${line.unit}`);
      }
      lines.push(...made);
    } catch (error) {
      bench.signal.throwIfAborted();
      console.error(error);
      const [message = ""] = String(error).split("\n");
      failed.push({ title: group.title, message });
    }
  }
  return { lines, failed };
}

const bench = defineCommand({
  help,
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
  run: async ({ values, interruption: signal }) => {
    const wanted = chosen(values.only, names);
    await installPeers(say);
    const machine = thisMachine();
    const directory = mkdtempSync(join(tmpdir(), "henkan-bench-"));
    // Functions empty their /tmp when they start: a folder that others use is not safe there.
    process.env.TMPDIR = directory;
    const services = benchIn(directory, values.quick, signal);
    try {
      await bundleCases(services.bundles);
      const { lines, failed } = await measure(wanted, services);
      const flags = [values.only && ` --only ${values.only}`, values.quick && " --quick"]
        .filter(Boolean)
        .join("");
      const command = `npm run bench${flags && ` --${flags}`}`;
      const report = { at: new Date().toISOString().slice(0, 10), command, machine, lines, failed };
      process.stdout.write(values.json ? json(report) : markdown(report));
      if (failed.length > 0) {
        say(`Failed, and left out: ${failed.map(({ title }) => title).join(", ")}`);
        return 1;
      }
      if (!values.only && !values.quick) {
        const results = join(import.meta.dirname, "results");
        mkdirSync(results, { recursive: true });
        writeFileSync(join(results, "latest.json"), json(report));
        writeFileSync(join(results, "latest.md"), markdown(report));
      }
      return 0;
    } finally {
      rmSync(directory, { recursive: true, force: true });
      rmSync(services.bundles, { recursive: true, force: true });
    }
  },
});

await runCommand(bench);
