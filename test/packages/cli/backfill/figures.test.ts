import { expect } from "chai";
import { bytesText, count, dollars, duration } from "../../../../packages/cli/backfill/figures.ts";

describe("figures of a plan", () => {
  it("counts things", () => {
    expect([count(0, "event"), count(1, "event"), count(12_345, "event")]).to.deep.equal([
      "0 events",
      "1 event",
      "12,345 events",
    ]);
  });

  it("gives money to the cent, and small money to its hundredth", () => {
    expect([0, 0.000_01, 0.000_05, 0.0123, 0.004_2, 1_234.5].map(dollars)).to.deep.equal([
      "$0",
      "under $0.0001",
      "$0.0001",
      "$0.01",
      "$0.0042",
      "$1,234.50",
    ]);
  });

  it("gives bytes in the largest unit that leaves one or more", () => {
    expect([0, 1_023, 1_024, 1_048_575, 10_253_890, 3 * 2 ** 50].map(bytesText)).to.deep.equal([
      "0 bytes",
      "1,023 bytes",
      "1 KiB",
      "1,024 KiB",
      "9.78 MiB",
      "3,072 TiB",
    ]);
  });

  it("gives durations in the unit people would use", () => {
    expect([0.1, 1, 89.2, 600, 100_000].map(duration)).to.deep.equal([
      "1 second",
      "1 second",
      "90 seconds",
      "10 minutes",
      "28 hours",
    ]);
  });
});
