/**
 * Runs one case in a process of its own. Arguments: the case's file, its arguments as JSON, times a turn. Answers `run` with what
 * one run cost and `memory` with what the process holds, over IPC, until it is disconnected.
 */
import { createRequire } from "node:module";
import type { Answer, Extra, PrepareCase, Prepared, Request, Sample } from "./case.ts";
import { memoryOfThisProcess } from "./memory.ts";

const [file = "", args = "null", repeat = "1"] = process.argv.slice(2);

function answer(message: Answer): void {
  process.send?.(message);
}

const messageOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Means over the times that a turn has; a run whose work is done by other programs tells their CPU in `childCpuMs`. */
async function sampleOf(run: Prepared["run"], times: number): Promise<Sample> {
  const before = process.cpuUsage();
  const begin = performance.now();
  let [childCpuMs, extra]: [number, Extra] = [0, {}];
  for (let time = 0; time < times; time += 1) {
    const { childCpuMs: taken = 0, ...rest } = (await run()) ?? {};
    childCpuMs += taken;
    extra = rest;
  }
  const { user, system } = process.cpuUsage(before);
  const cpuMs = childCpuMs > 0 ? childCpuMs : (user + system) / 1000;
  return { cpuMs: cpuMs / times, wallMs: (performance.now() - begin) / times, extra };
}

// Nobody is left to answer to.
process.once("disconnect", () => process.exit());

async function main(): Promise<void> {
  const { default: prepare } = createRequire(file)(file) as { default: PrepareCase };
  const prepared = await prepare(JSON.parse(args));
  process.on("message", async (request: Request) => {
    try {
      if (request === "memory") answer({ kind: "memory", memory: memoryOfThisProcess() });
      else answer({ kind: "sample", sample: await sampleOf(prepared.run, Number(repeat)) });
    } catch (error) {
      answer({ kind: "error", message: messageOf(error) });
    }
  });
  answer({ kind: "ready" });
}

main().catch((error) => answer({ kind: "error", message: messageOf(error) }));
