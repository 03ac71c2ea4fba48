import { expect } from "chai";
import { atLeast, atMost, isMet } from "../../../proofs/bench/line.ts";
import { median, percentile } from "../../../proofs/bench/measure/statistics.ts";
import { markdown } from "../../../proofs/bench/report/markdown.ts";
import { json, type Report } from "../../../proofs/bench/report/report.ts";

describe("the bench's report", () => {
  const machine = { cpu: "Test CPU", cores: 2, memoryGb: 8, system: "Linux", node: "24.0.0", load: 0.1 };
  const line = { group: "Zip", name: "ours against a copy", unit: "×" };
  const found = { at: "2026-11-23", command: "npm run bench", machine, failed: [] };
  const report = (...lines: Report["lines"]) => markdown({ ...found, lines });

  it("shows which goals are met", () => {
    expect(isMet({ ...line, value: 1.15, goal: atMost(1.15) })).to.equal(true);
    expect(isMet({ ...line, value: 1.16, goal: atMost(1.15) })).to.equal(false);
    expect(isMet({ ...line, value: 0.89, goal: atLeast(0.9) })).to.equal(false);
    expect(isMet({ ...line, value: 5 })).to.equal(undefined);
    expect(isMet({ ...line, goal: atMost(1) })).to.equal(undefined);
  });

  it("has a table for each group, with goals, units and notes", () => {
    const text = report(
      { ...line, value: 0.9123, goal: atLeast(0.9), note: "a | b" },
      { ...line, group: "Cold start", value: 519.4, unit: "kB" },
      { ...line, value: 2, goal: atMost(1.5) },
    );
    expect(text).to.contain("1 of 2 goals met.");
    expect(text).to.contain("| ours against a copy | 0.91× | ≥ 0.9× | met | a \\| b |");
    expect(text).to.contain("| ours against a copy | 2.00× | ≤ 1.5× | **not met** |  |");
    expect(text).to.contain("| ours against a copy | 519 kB |  |  |  |");
    expect(text.match(/^## .*$/gm)).to.deep.equal(["## Zip", "## Cold start"]);
    expect(text).to.contain("Test CPU, 2 cores, 8 GB");
  });

  it("counts a goal whose line has no value as not measured", () => {
    const lines = [{ ...line, value: 1, goal: atMost(2) }, { ...line, goal: atMost(2) }, line];
    expect(report(...lines)).to.contain("1 of 1 goals met, 1 not measured.");
    const told = JSON.parse(json({ ...found, lines })).lines.map(({ met }: { met?: boolean }) => met);
    expect(told).to.deep.equal([true, null, undefined]);
    const missed = [{ ...line, value: 3, goal: atMost(2) }];
    expect(JSON.parse(json({ ...found, lines: missed })).lines[0].met).to.equal(false);
  });

  it("names the groups that failed, with the reason", () => {
    const failed = [{ title: "Cold start", message: "Error: resize is not built" }];
    const text = markdown({ ...found, lines: [], failed });
    expect(text).to.contain("**Failed, so not in the tables:** Cold start: Error: resize is not built");
    expect(JSON.parse(json({ ...found, lines: [], failed })).failed).to.deep.equal(failed);
  });

  it("uses existing values for medians and percentiles", () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    expect(median([])).to.be.NaN;
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).to.deep.equal([50, 95, 99, 100]);
    expect(percentile([7], 0.5)).to.equal(7);
  });
});
