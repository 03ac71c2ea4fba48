import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Line } from "../../bench/line.ts";
import { findConverter } from "../../converters/registry.ts";

describe("memory sizes of the registry", () => {
  it("are what the bench's latest run came to", () => {
    const results = new URL("../../bench/results/latest.json", import.meta.url);
    const { lines }: { lines: readonly Line[] } = JSON.parse(readFileSync(results, "utf8"));
    const suffix = ": memory size by this model";
    const modelled = lines
      .filter(({ name }) => name.endsWith(suffix))
      .map(({ name, value }) => [name.slice(0, -suffix.length), value] as const);
    expect(modelled).not.to.deep.equal([]);
    for (const [converter, memoryMb] of modelled) {
      expect(findConverter(converter)?.memoryMb, converter).to.equal(memoryMb);
    }
  });
});
