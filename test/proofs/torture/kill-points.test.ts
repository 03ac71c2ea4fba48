import { expect } from "chai";
import { killPoints } from "../../../proofs/torture/kill-points.ts";

describe("the points at which torture kills the cloud", () => {
  it("are as many as requested, even with few uploads", () => {
    for (const uploads of [1, 2, 3, 200]) {
      for (let seed = 0; seed < 50; seed++) {
        const points = killPoints(seed, { kills: 2, uploads });
        expect(points).to.have.length(2);
        for (const point of points) expect(point).to.be.within(1, uploads);
      }
    }
  });

  it("follow from the seed", () => {
    const points = (seed: number) => killPoints(seed, { kills: 2, uploads: 1_000 });
    expect(points(7)).to.deep.equal(points(7));
    expect(points(7)).to.not.deep.equal(points(8));
  });
});
