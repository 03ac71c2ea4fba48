import { assumedNetwork, prices } from "@henkan/cli/cost";
import { expect } from "chai";
import { partBytes } from "../../../handlers/convert/stream-upload.ts";
import { bestMemory, dollarsPerMillion, secondsPerUpload } from "../../../proofs/bench/memory-size.ts";

describe("the memory size of a function", () => {
  const busy = { cpuSeconds: 1, bytesIn: 0, bytesOut: 0, variants: 0 };
  const waiting = { cpuSeconds: 0, bytesIn: 80e6, bytesOut: 0, variants: 1 };

  it("gives a function a share of a CPU in proportion to its memory, and at most one", () => {
    const wait = assumedNetwork.roundTripSeconds;
    expect(secondsPerUpload(busy, 1769)).to.be.closeTo(1 + wait, 1e-9);
    expect(secondsPerUpload(busy, 3538)).to.be.closeTo(1 + wait, 1e-9);
    expect(secondsPerUpload(busy, 884.5)).to.be.closeTo(2 + wait, 1e-9);
    expect(secondsPerUpload(waiting, 512)).to.be.closeTo(1 + 5 * wait, 1e-9);
  });

  it("adds up Lambda, messages and requests", () => {
    const lambda = secondsPerUpload(waiting, 1024) * prices.lambda.gigabyteSecond + 0.2e-6;
    const rest = 3 * 0.4e-6 + 0.5e-6 + 2 * 0.0004e-3 + 2 * 0.005e-3;
    expect(dollarsPerMillion(waiting, 1024)).to.be.closeTo(1e6 * (lambda + rest), 1e-6);
  });

  it("counts the parts of large outputs", () => {
    const large = { ...busy, variants: 1, bytesOut: 2.5 * partBytes };
    const small = { ...large, bytesOut: 0 };
    // Three parts, a beginning and an end in place of one PUT.
    const puts = 1e6 * 4 * prices.s3.putOrList;
    const waiting = (work: typeof large) =>
      1e6 * secondsPerUpload(work, 1024) * prices.lambda.gigabyteSecond + 1e6 * prices.lambda.request;
    expect(
      dollarsPerMillion(large, 1024) - waiting(large) - (dollarsPerMillion(small, 1024) - waiting(small)),
    ).to.be.closeTo(puts, 1e-6);
  });

  it("chooses the fastest of sizes that cost the same, and none with more than one CPU", () => {
    expect(bestMemory({ ...busy, cpuSeconds: 100 }, { peakMb: 100 })).to.equal(1769);
  });

  it("chooses a small size for a function that mostly waits, among those with enough memory and pace", () => {
    const slow = { ...waiting, bytesIn: 800e6 };
    expect(bestMemory(slow, { peakMb: 100 })).to.equal(256);
    expect(bestMemory(slow, { peakMb: 500 })).to.equal(768);
    expect(bestMemory(slow, { peakMb: 100, cpuShare: 0.5 })).to.equal(1024);
  });
});
