import { expect } from "chai";
import { assumed, bestMemory, billedSeconds, dollarsPerMillion, prices } from "../../bench/cost-model.ts";

describe("the cost model", () => {
  const busy = { cpuSeconds: 1, bytesIn: 0, bytesOut: 0, variants: 0 };
  const waiting = { cpuSeconds: 0, bytesIn: 80e6, bytesOut: 0, variants: 1 };

  it("gives a function as much of a CPU as its memory, and never more than one", () => {
    const wait = assumed.roundTripSeconds;
    expect(billedSeconds(busy, 1769)).to.be.closeTo(1 + wait, 1e-9);
    expect(billedSeconds(busy, 3538)).to.be.closeTo(1 + wait, 1e-9);
    expect(billedSeconds(busy, 884.5)).to.be.closeTo(2 + wait, 1e-9);
    expect(billedSeconds(waiting, 512)).to.be.closeTo(1 + 5 * wait, 1e-9);
  });

  it("adds up Lambda, messages and requests", () => {
    const lambda = billedSeconds(waiting, 1024) * prices.lambdaGbSecond + 0.2e-6;
    const rest = 3 * 0.4e-6 + 0.5e-6 + 2 * 0.0004e-3 + 2 * 0.005e-3;
    expect(dollarsPerMillion(waiting, 1024)).to.be.closeTo(1e6 * (lambda + rest), 1e-6);
  });

  it("takes the fastest size where all cost the same, and the smallest that holds the peak where time is spent waiting", () => {
    expect(bestMemory({ ...busy, cpuSeconds: 100 }, 100)).to.equal(1769);
    expect(bestMemory(waiting, 100)).to.equal(256);
    expect(bestMemory(waiting, 500)).to.equal(768);
  });
});
