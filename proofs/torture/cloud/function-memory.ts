import type { InvocationReport } from "@henkan/local-cloud/testing";
import type { FunctionFootprint } from "./messages.ts";

/** Of one declared function: its name and its memory in MB. */
export type FunctionSizes = ReadonlyMap<string, number>;

const outOfMemory = /^Runtime\.OutOfMemory\b/;

/** What the functions' processes held, from what the platform reports of every invocation. */
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
