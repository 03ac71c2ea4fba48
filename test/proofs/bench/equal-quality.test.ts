import { expect } from "chai";
import { equalQuality } from "../../../proofs/bench/equal-quality.ts";

describe("the bench's search for a quality", () => {
  const at = async (quality: number) => ({ quality, similarity: quality / 100 });

  it("finds the lowest quality that is as good, also at the ends of the range", async () => {
    for (const wanted of [68, 69, 80, 91, 92]) {
      expect(await equalQuality(at, wanted / 100, [68, 92])).to.deep.equal(await at(wanted));
    }
    expect(await equalQuality(at, 0.5, [68, 92])).to.deep.equal(await at(68));
  });

  it("ends at the highest quality when none is equal", async () => {
    expect(await equalQuality(at, 0.95, [68, 92])).to.deep.equal(await at(92));
  });

  it("ends with a contender that makes no picture", async () => {
    const missing = { name: "vips", missing: "absent" };
    expect(await equalQuality(async () => missing, 0.8, [68, 92])).to.equal(missing);
    const failsBelow = async (quality: number) => (quality < 85 ? missing : at(quality));
    expect(await equalQuality(failsBelow, 0.8, [68, 92])).to.equal(missing);
  });
});
