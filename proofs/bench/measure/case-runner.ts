import { join } from "node:path";
import { Child } from "../../processes/child.ts";
import type { Memory } from "../../processes/memory.ts";
import type { CaseCalls, Sample } from "./case.ts";

/** The folder of the packages that only the bench uses. */
const peers = join(import.meta.dirname, "..", "node_modules");

/** A contender: a file in `cases/`, its arguments and the settings of its process. */
export interface CaseSettings {
  readonly name: string;
  /** Name without folder and extension: `resize` for `cases/resize.ts`. */
  readonly file: string;
  readonly args?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs per turn. A case of milliseconds needs several, because the first finds the CPU's caches filled by others. */
  readonly repeat?: number;
  /** True when the other cases continue if this one fails. */
  readonly optional?: boolean;
  /** Arguments that start its program `times` times on almost no input, whose CPU time is subtracted. */
  readonly startUp?: { readonly args: unknown; readonly times: number };
}

/** A case could not be run. The message names the case and contains the error of its process. */
export class CaseError extends Error {
  override readonly name = "CaseError";
}

/** The process of one case, ready to run. */
export class RunningCase {
  readonly name: string;
  readonly #child: Child<CaseCalls>;

  private constructor(directory: string, { name, env }: CaseSettings) {
    this.name = name;
    this.#child = new Child<CaseCalls>(join(directory, "case-process.cjs"), {
      name: "its process",
      env: { ...process.env, NODE_PATH: peers, ...env },
    });
  }

  /** Starts the process from the bundles in `directory` and waits until it is ready. */
  static async start(directory: string, settings: CaseSettings): Promise<RunningCase> {
    const { file, args = null, repeat = 1 } = settings;
    const running = new RunningCase(directory, settings);
    try {
      await running.#call("prepare", { file: join(directory, `${file}.cjs`), args, repeat });
      return running;
    } catch (error) {
      running.close();
      throw error;
    }
  }

  /** @throws {CaseError} */
  run(): Promise<Sample> {
    return this.#call("run");
  }

  /** @throws {CaseError} */
  memory(): Promise<Memory> {
    return this.#call("memory");
  }

  close(): void {
    void this.#child.kill();
  }

  async #call<Name extends keyof CaseCalls>(
    name: Name,
    ...args: Parameters<CaseCalls[Name]>
  ): Promise<ReturnType<CaseCalls[Name]>> {
    try {
      return await this.#child.call(name, ...args);
    } catch (error) {
      throw new CaseError(`${this.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
