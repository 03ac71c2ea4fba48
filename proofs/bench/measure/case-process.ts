/** Runs one case in a process of its own, until it is disconnected. */
import { createRequire } from "node:module";
import { memoryOfThisProcess } from "../../processes/memory.ts";
import { serve } from "../../processes/serve.ts";
import type { CaseCalls, CasePreparation, Extra, PrepareCase, Prepared, Sample } from "./case.ts";

interface Ready {
  readonly prepared: Prepared;
  readonly repeat: number;
}
let ready: Ready | undefined;

async function prepare({ file, args, repeat }: CasePreparation): Promise<void> {
  const { default: prepareCase } = createRequire(file)(file) as { default: PrepareCase };
  ready = { prepared: await prepareCase(args), repeat };
}

/**
 * Runs the case as often as one turn needs and returns the means. A run whose work is done by other programs reports
 * their CPU time in `childCpuMs`.
 */
async function run(): Promise<Sample> {
  if (!ready) throw new Error("The case was not prepared");
  const { prepared, repeat } = ready;
  const before = process.cpuUsage();
  const begin = performance.now();
  let [childCpuMs, extra]: [number, Extra] = [0, {}];
  for (let time = 0; time < repeat; time += 1) {
    const { childCpuMs: taken = 0, ...rest } = (await prepared.run()) ?? {};
    childCpuMs += taken;
    extra = rest;
  }
  const { user, system } = process.cpuUsage(before);
  const cpuMs = childCpuMs > 0 ? childCpuMs : (user + system) / 1000;
  return { cpuMs: cpuMs / repeat, wallMs: (performance.now() - begin) / repeat, extra };
}

serve<CaseCalls>({ prepare, run, memory: memoryOfThisProcess });
