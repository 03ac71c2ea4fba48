/**
 * Runs one case in a process of its own. Arguments: the case's file, its arguments as JSON. Answers `run` with what
 * one run cost and `memory` with what the process holds, over IPC, until it is disconnected.
 */
import { createRequire } from "node:module";
import type { Answer, PrepareCase, Request, Sample } from "./case.ts";
import { memoryOfThisProcess } from "./memory.ts";

const [file = "", args = "null"] = process.argv.slice(2);

function answer(message: Answer): void {
  process.send?.(message);
}

const messageOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** A run whose work is done by other programs says what CPU they took in `childCpuMs`. */
async function sampleOf(run: () => Promise<Record<string, number> | undefined>): Promise<Sample> {
  const before = process.cpuUsage();
  const begin = performance.now();
  const { childCpuMs = 0, ...extra } = (await run()) ?? {};
  const { user, system } = process.cpuUsage(before);
  const wallMs = performance.now() - begin;
  return { cpuMs: childCpuMs > 0 ? childCpuMs : (user + system) / 1000, wallMs, extra };
}

// Nobody is left to answer to.
process.once("disconnect", () => process.exit());

async function main(): Promise<void> {
  const { default: prepare } = createRequire(file)(file) as { default: PrepareCase };
  const prepared = await prepare(JSON.parse(args));
  process.on("message", async (request: Request) => {
    try {
      if (request === "memory") answer({ kind: "memory", memory: memoryOfThisProcess() });
      else answer({ kind: "sample", sample: await sampleOf(async () => prepared.run()) });
    } catch (error) {
      answer({ kind: "error", message: messageOf(error) });
    }
  });
  answer({ kind: "ready" });
}

main().catch((error) => answer({ kind: "error", message: messageOf(error) }));
