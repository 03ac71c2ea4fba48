import { table } from "@henkan/cli/text";
import { expect } from "chai";
import { displayWidth, fitted } from "../../../packages/cli/text.ts";

describe("text on a terminal", () => {
  it("counts the columns of a terminal", () => {
    expect(["abc", "長い", "👩‍👩‍👧", "e\u0301", "1️⃣"].map(displayWidth)).to.deep.equal([3, 4, 2, 1, 2]);
  });

  it("fits text into columns", () => {
    expect(["abc", "abcdef", "長い名前"].map((text) => fitted(text, 4))).to.deep.equal([
      "abc ",
      "abc…",
      "長… ",
    ]);
    expect(fitted("abcdef", 4, "start")).to.equal("…def");
  });

  it("aligns the columns of a table, wide characters included, and numbers to the right", () => {
    const rows = [
      ["長い.png", 120, "a"],
      ["b.jpg", 7, "b"],
    ];
    expect(table(["file", "bytes", "id"], rows)).to.equal(
      "file      bytes  id\n長い.png    120  a\nb.jpg         7  b",
    );
  });
});
