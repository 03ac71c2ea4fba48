import { expect } from "chai";
import type { RoundReport } from "../../../proofs/torture/report.ts";
import { type Rounds, runRounds } from "../../../proofs/torture/rounds.ts";

const reportOf = (seed: number): RoundReport => ({
  seed,
  uploads: 1,
  calmUploads: 1,
  multipartUploads: 0,
  seconds: 1,
  faults: {},
  variants: { ready: 1, failed: 0 },
  deadLetters: 0,
  redriven: 0,
  broken: [],
});

describe("rounds of torture", () => {
  let interruption: AbortController;
  beforeEach(() => {
    interruption = new AbortController();
  });

  /** Returns the rounds when the one with this number, counted from 0, ends with an interruption or an error. */
  function runUntil(last: number, error: Error, end = Infinity): Promise<Rounds> {
    let round = 0;
    const runRound = async (seed: number) => {
      if (round++ < last) return reportOf(seed);
      if (error.name === "AbortError") interruption.abort(error);
      throw error;
    };
    return runRounds(runRound, { firstSeed: 7, end, interruption: interruption.signal });
  }

  const interrupted = new DOMException("The operation was aborted", "AbortError");

  it("are reported up to the interrupted one", async () => {
    const { finished, failure } = await runUntil(3, interrupted);
    const seeds = finished.map(({ seed }) => seed);
    expect(seeds).to.have.length(3);
    expect(new Set(seeds).size).to.equal(3);
    expect(seeds[0]).to.equal(7);
    expect(failure).to.equal(undefined);
  });

  it("are not reported when the first is interrupted", async () => {
    expect(await runUntil(0, interrupted).catch((reason) => reason)).to.equal(interrupted);
  });

  it("are reported up to the failed one, with its seed and error", async () => {
    const cause = new Error("the cloud ended by itself");
    const { finished } = await runUntil(3, interrupted);
    interruption = new AbortController();
    const failed = await runUntil(2, cause);
    expect(failed).to.deep.equal({
      finished: finished.slice(0, 2),
      failure: { seed: finished[2]?.seed, cause },
    });
  });

  it("stop after the first when the time is over", async () => {
    expect(await runUntil(1, interrupted, 0)).to.deep.equal({ finished: [reportOf(7)] });
  });
});
