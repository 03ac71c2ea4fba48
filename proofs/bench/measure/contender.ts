import type { Memory } from "../../processes/memory.ts";
import type { Sample } from "./case.ts";
import { type CaseSettings, RunningCase } from "./case-runner.ts";
import { median } from "./statistics.ts";

/** The case that runs programs. Its process cannot measure their memory. */
const ofPrograms = "tool";

/** The figures of a contender: medians of the rounds, with NaN for the memory of programs. */
export interface Figures extends Memory {
  readonly name: string;
  /** CPU time without `startUpMs`. */
  readonly cpuMs: number;
  /** CPU time of starting the program, where it was measured. */
  readonly startUpMs?: number;
  /** Elapsed time, including the start of a program. */
  readonly wallMs: number;
  readonly extra: Sample["extra"];
}

/** A case in its process, the start of its program in another process, and the samples of both. */
export class Contender {
  readonly settings: CaseSettings;
  readonly #work: Taken;
  readonly #startUp: Taken | undefined;

  private constructor(settings: CaseSettings, work: Taken, startUp: Taken | undefined) {
    this.settings = settings;
    this.#work = work;
    this.#startUp = startUp;
  }

  /** @throws {CaseError} when the case cannot be run; the other methods throw it too */
  static async start(bundles: string, settings: CaseSettings): Promise<Contender> {
    const work = new Taken(await RunningCase.start(bundles, settings));
    const { startUp, name, file, env } = settings;
    if (!startUp) return new Contender(settings, work, undefined);
    try {
      const process = { name, file, env, args: startUp.args };
      return new Contender(settings, work, new Taken(await RunningCase.start(bundles, process)));
    } catch (error) {
      work.running.close();
      throw error;
    }
  }

  /** Runs a turn; keeps the samples only of a turn that counts. */
  async turn(counts: boolean): Promise<void> {
    for (const taken of [this.#work, this.#startUp]) {
      const sample = await taken?.running.run();
      if (sample && counts) taken?.samples.push(sample);
    }
  }

  async figures(): Promise<Figures> {
    const { samples } = this.#work;
    const startUpMs = this.#startUp && cpuOf(this.#startUp.samples) / (this.settings.startUp?.times ?? 1);
    return {
      name: this.settings.name,
      cpuMs: cpuOf(samples) - (startUpMs ?? 0),
      startUpMs,
      wallMs: median(samples.map(({ wallMs }) => wallMs)),
      extra: samples.at(-1)?.extra ?? {},
      ...(this.settings.file === ofPrograms ? unknown : await this.#work.running.memory()),
    };
  }

  close(): void {
    this.#work.running.close();
    this.#startUp?.running.close();
  }
}

const unknown: Memory = { residentMb: Number.NaN, peakMb: Number.NaN };

class Taken {
  readonly running: RunningCase;
  readonly samples: Sample[] = [];

  constructor(running: RunningCase) {
    this.running = running;
  }
}

const cpuOf = (samples: readonly Sample[]) => median(samples.map(({ cpuMs }) => cpuMs));
