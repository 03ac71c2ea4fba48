import type { InvocationReport } from "@henkan/local-cloud/testing";
import type { FunctionFootprint } from "./messages.ts";

/** Memory in MB of each declared function, by its name. */
export type FunctionSizes = ReadonlyMap<string, number>;

const outOfMemory = /^Runtime\.OutOfMemory\b/;

/** Collects the memory of the functions' processes from the report of every invocation. */
export class FunctionMemory {
  readonly #functions: Map<string, FunctionFootprint>;

  constructor(sizes: FunctionSizes) {
    this.#functions = new Map(
      [...sizes].map(([functionName, memoryMb]) => [
        functionName,
        { functionName, memoryMb, invocations: 0, firstMb: 0, peakMb: 0, outOfMemory: 0 },
      ]),
    );
  }

  add({ functionName, coldStart, residentMb = 0, error = "" }: InvocationReport): void {
    const known = this.#functions.get(functionName);
    if (!known) return;
    this.#functions.set(functionName, {
      ...known,
      invocations: known.invocations + 1,
      firstMb: coldStart ? Math.max(known.firstMb, residentMb) : known.firstMb,
      peakMb: Math.max(known.peakMb, residentMb),
      outOfMemory: known.outOfMemory + (outOfMemory.test(error) ? 1 : 0),
    });
  }

  get footprints(): readonly FunctionFootprint[] {
    return [...this.#functions.values()];
  }
}
