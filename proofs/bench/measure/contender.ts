import type { Memory } from "../../processes/memory.ts";
import type { Sample } from "./case.ts";
import { type CaseSettings, RunningCase } from "./case-runner.ts";
import { median } from "./statistics.ts";

/** The case that runs programs, of whose memory its own process knows nothing. */
const ofPrograms = "tool";

/** The figures of a contender, medians over the rounds; NaN for the memory of programs. */
export interface Figures extends Memory {
  readonly name: string;
  /** Without `startUpMs`. */
  readonly cpuMs: number;
  /** CPU of starting the program, where that was measured. */
  readonly startUpMs?: number;
  /** With the start of a program. */
  readonly wallMs: number;
  readonly extra: Sample["extra"];
}

/** A case in its process, and the start-up of its program in another, with the samples of both. */
export class Contender {
  readonly settings: CaseSettings;
  readonly #work: Taken;
  readonly #startUp: Taken | undefined;

  private constructor(settings: CaseSettings, work: Taken, startUp: Taken | undefined) {
    this.settings = settings;
    this.#work = work;
    this.#startUp = startUp;
  }

  /** @throws {CaseError} when it cannot be run, as do the other methods */
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

  /** Runs a turn; keeps its samples only when it counts. */
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
