import { CaseError, type CaseSettings } from "./case-runner.ts";
import { Contender, type Figures } from "./contender.ts";

export type { Figures } from "./contender.ts";

/** A contender that is not measured, with the reason: `absent`, or its failure. */
export interface Missing {
  readonly name: string;
  readonly missing: string;
}

/** A contender whose program is not installed. */
export const absent = (name: string): Missing => ({ name, missing: "absent" });

/** Figures by contender, in the order of the cases. */
export interface Results extends ReadonlyMap<string, Figures> {
  /** The reason why a contender has no figures, by contender. */
  readonly missing?: ReadonlyMap<string, string>;
}

export interface ContestSettings {
  /** Folder of the cases' bundles. */
  readonly bundles: string;
  readonly rounds: number;
  /** Turns before the first that counts. */
  readonly warmUps?: number;
  readonly signal: AbortSignal;
  /** Called when an optional contender fails. */
  readonly say?: (text: string) => void;
}

/**
 * Runs every contender in a process of its own, in turns, so that other work on the machine affects all of them alike.
 * An optional contender that fails leaves the contest.
 *
 * @throws {CaseError} when a contender that is not optional cannot be run
 */
export async function contest(
  entered: readonly (CaseSettings | Missing)[],
  { bundles, rounds, warmUps = 1, signal, say = () => {} }: ContestSettings,
): Promise<Results> {
  const contenders = new Set<Contender>();
  const missing = new Map<string, string>();
  const stop = () => {
    for (const each of contenders) each.close();
  };
  const attempt = async (settings: CaseSettings, work: () => Promise<void>): Promise<void> => {
    signal.throwIfAborted();
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!settings.optional || !(error instanceof CaseError)) throw error;
      say(error.message);
      missing.set(settings.name, failure(error, settings.name));
    }
  };
  const attemptAll = async (work: (contender: Contender) => Promise<void>): Promise<void> => {
    for (const each of contenders) {
      await attempt(each.settings, () => work(each));
      if (missing.has(each.settings.name) && contenders.delete(each)) each.close();
    }
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (const each of entered) {
      if ("missing" in each) missing.set(each.name, each.missing);
      else await attempt(each, async () => void contenders.add(await Contender.start(bundles, each)));
    }
    for (let round = -warmUps; round < rounds; round += 1) await attemptAll((each) => each.turn(round >= 0));
    const figures = new Map<string, Figures>();
    await attemptAll(async (each) => void figures.set(each.settings.name, await each.figures()));
    return Object.assign(figures, { missing });
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

const mostOfMessage = 100;

/** Returns the last sentence of an error without its stack and the output of `time`; of a long one, the end. */
function failure({ message }: CaseError, name: string): string {
  const sentence = message
    .replace(`${name}: `, "")
    .split("\n")
    .findLast((line) => line.trim() && !/^\s+at |^\d+\.\d+ \d+\.\d+$/.test(line));
  const text = sentence?.trim() ?? "without a word";
  return `failed: ${text.length > mostOfMessage ? `… ${text.slice(-mostOfMessage)}` : text}`;
}
