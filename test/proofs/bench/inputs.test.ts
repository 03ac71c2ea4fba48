import { deflateRawSync } from "node:zlib";
import { expect } from "chai";
import { dataBlocks } from "../../../proofs/bench/inputs/data.ts";
import { photoRows } from "../../../proofs/bench/inputs/photo.ts";

describe("the bench's inputs", () => {
  const size = { width: 400, height: 30, channels: 4 } as const;
  const photo = (seed: number) => Buffer.concat([...photoRows(size, seed)]);
  const data = (kind: "text" | "noise" | "mixed", bytes: number, seed = 1) =>
    Buffer.concat([...dataBlocks(kind, bytes, seed)]);

  it("are the same only for the same seed", () => {
    expect(photo(1).equals(photo(1))).to.equal(true);
    expect(photo(1).equals(photo(2))).to.equal(false);
    for (const kind of ["text", "noise", "mixed"] as const) {
      expect(data(kind, 100_000).equals(data(kind, 100_000)), kind).to.equal(true);
      expect(data(kind, 100_000).equals(data(kind, 100_000, 9)), kind).to.equal(false);
    }
  });

  it("have the requested length", () => {
    expect(photo(1).length).to.equal(400 * 30 * 4);
    expect(data("mixed", 3 * 2 ** 20 + 7).length).to.equal(3 * 2 ** 20 + 7);
    expect(data("noise", 0).length).to.equal(0);
  });

  it("deflate as their kind promises", () => {
    const share = (kind: "text" | "noise") => deflateRawSync(data(kind, 2 ** 20)).length / 2 ** 20;
    expect(share("text")).to.be.within(0.2, 0.6);
    expect(share("noise")).to.be.above(1);
  });
});
