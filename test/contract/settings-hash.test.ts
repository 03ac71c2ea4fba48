import { expect } from "chai";
import { settingsHash } from "../../contract/settings-hash.ts";

describe("settings hash", () => {
  const hash = settingsHash("resize", { width: 300, nested: { a: 1, b: [2, 3] } });

  it("is a hex SHA-256", () => {
    expect(hash).to.match(/^[0-9a-f]{64}$/);
  });

  it("does not depend on the order of keys", () => {
    expect(settingsHash("resize", { nested: { b: [2, 3], a: 1 }, width: 300 })).to.equal(hash);
  });

  const others: Record<string, string> = {
    "the converter": settingsHash("zip", { width: 300, nested: { a: 1, b: [2, 3] } }),
    "an option": settingsHash("resize", { width: 301, nested: { a: 1, b: [2, 3] } }),
    "the type of an option": settingsHash("resize", { width: "300", nested: { a: 1, b: [2, 3] } }),
    "the order of a list": settingsHash("resize", { width: 300, nested: { a: 1, b: [3, 2] } }),
  };
  for (const [what, other] of Object.entries(others)) {
    it(`changes with ${what}`, () => {
      expect(other).not.to.equal(hash);
    });
  }
});
