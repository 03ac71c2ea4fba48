import { expect } from "chai";
import { safeName } from "../../contract/safe-name.ts";

describe("safe name", () => {
  const rows: [name: string, safe: string][] = [
    ["photo.jpg", "photo.jpg"],
    ["../../etc/passwd", "passwd"],
    ["..", "file"],
    [".profile", "profile"],
    ["a:b?.png", "a_b_.png"],
    ["CON.txt", "_CON.txt"],
    ["evil\u202egpj.exe", "evilgpj.exe"],
    [`${"x".repeat(300)}.png`, `${"x".repeat(196)}.png`],
    [`a.${"long".repeat(100)}`, `a.${"long".repeat(100)}`.slice(0, 200)],
  ];
  for (const [name, safe] of rows) {
    it(`of ${JSON.stringify(name.slice(0, 30))}`, () => expect(safeName(name)).to.equal(safe));
  }
});
