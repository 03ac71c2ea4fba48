import { expect } from "chai";
import { forEachConcurrently } from "../../../packages/client/concurrency.ts";

describe("forEachConcurrently", () => {
  it("keeps the order of the items and never exceeds the limit", async () => {
    let running = 0;
    let most = 0;
    const results = await forEachConcurrently(2, [3, 1, 2, 1], async (item, index) => {
      running++;
      most = Math.max(most, running);
      for (let turn = 0; turn < item; turn++) await new Promise(setImmediate);
      running--;
      return `${index}:${item}`;
    });
    expect(results).to.deep.equal(["0:3", "1:1", "2:2", "3:1"]);
    expect(most).to.equal(2);
  });
});
