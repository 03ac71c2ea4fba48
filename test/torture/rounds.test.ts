import { expect } from "chai";
import type { RoundReport } from "../../torture/report.ts";
import { runRounds } from "../../torture/rounds.ts";

const reportOf = (seed: number): RoundReport => ({
  seed,
  uploads: 1,
  multipartUploads: 0,
  seconds: 1,
  faults: {},
  variants: { ready: 1, failed: 0 },
  deadLetters: 0,
  broken: [],
});

describe("rounds of torture", () => {
  let interruption: AbortController;
  beforeEach(() => {
    interruption = new AbortController();
  });

  /** The seeds of the rounds that count when the given round, from 0, ends with an interruption or an error. */
  async function seedsUntil(last: number, error: Error, end = Infinity): Promise<number[]> {
    let round = 0;
    const runRound = async (seed: number) => {
      if (round++ < last) return reportOf(seed);
      if (error.name === "AbortError") interruption.abort(error);
      throw error;
    };
    const rounds = await runRounds(runRound, { firstSeed: 7, end, interruption: interruption.signal });
    return rounds.map(({ seed }) => seed);
  }

  const interrupted = new DOMException("The operation was aborted", "AbortError");

  it("count up to the one that was interrupted", async () => {
    const seeds = await seedsUntil(3, interrupted);
    expect(seeds).to.have.length(3);
    expect(new Set(seeds).size).to.equal(3);
    expect(seeds[0]).to.equal(7);
  });

  it("are none when the first is interrupted, or one fails", async () => {
    for (const [last, error] of [
      [0, interrupted],
      [2, new Error("the cloud ended by itself")],
    ] as const) {
      interruption = new AbortController();
      const outcome = await seedsUntil(last, error).catch((reason) => reason);
      expect(outcome).to.equal(error);
    }
  });

  it("are one when there is no time for more", async () => {
    expect(await seedsUntil(1, interrupted, 0)).to.deep.equal([7]);
  });
});
