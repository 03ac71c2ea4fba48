import type { Extra, Memory, Sample } from "./case.ts";
import { type CaseSettings, RunningCase } from "./case-runner.ts";
import { median } from "./statistics.ts";

/** What a contender took, medians over the rounds. */
export interface Figures extends Memory {
  readonly name: string;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly extra: Extra;
}

export interface ContestSettings {
  /** Where the cases' bundles are. */
  readonly bundles: string;
  readonly rounds: number;
  /** Runs before the first that counts. */
  readonly warmUps?: number;
  readonly signal: AbortSignal;
}

/**
 * Runs every contender in a process of its own, in turns, so that what else the machine does meets all alike.
 *
 * @throws {CaseError} when one cannot be run
 */
export async function contest(
  cases: readonly CaseSettings[],
  { bundles, rounds, warmUps = 1, signal }: ContestSettings,
): Promise<ReadonlyMap<string, Figures>> {
  const running: RunningCase[] = [];
  const stop = () => {
    for (const each of running) each.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (const settings of cases) {
      signal.throwIfAborted();
      running.push(await RunningCase.start(bundles, settings));
    }
    const samples = new Map<RunningCase, Sample[]>(running.map((each) => [each, []]));
    for (let round = -warmUps; round < rounds; round += 1) {
      for (const [each, taken] of samples) {
        signal.throwIfAborted();
        const sample = await each.run();
        if (round >= 0) taken.push(sample);
      }
    }
    const figures: [string, Figures][] = [];
    for (const [each, taken] of samples) {
      figures.push([each.name, { ...summarise(each.name, taken), ...(await each.memory()) }]);
    }
    return new Map(figures);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function summarise(name: string, samples: readonly Sample[]): Omit<Figures, keyof Memory> {
  return {
    name,
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    wallMs: median(samples.map(({ wallMs }) => wallMs)),
    extra: samples.at(-1)?.extra ?? {},
  };
}
