import type { Memory } from "../processes/memory.ts";
import type { Bench } from "./group.ts";
import type { CaseSettings } from "./measure/case-runner.ts";
import { median } from "./measure/statistics.ts";

/** Processes per case, because the memory of a single process is sometimes off by a tenth. */
const processes = 3;

/** Returns the memory of a process after its first run, by case: medians of fresh processes, one at a time. */
export async function freshMemory(
  bench: Pick<Bench, "contest" | "quick">,
  cases: readonly CaseSettings[],
): Promise<ReadonlyMap<string, Memory>> {
  const held: (readonly [string, Memory])[] = [];
  for (let round = 0; round < (bench.quick ? 1 : processes); round += 1) {
    for (const each of cases) held.push(...(await bench.contest([each], { rounds: 1, warmUps: 0 })));
  }
  return new Map(
    [...Map.groupBy(held, ([name]) => name)].map(([name, of]) => {
      const middle = (field: keyof Memory) => median(of.map(([, memory]) => memory[field]));
      return [name, { residentMb: middle("residentMb"), peakMb: middle("peakMb") }];
    }),
  );
}
