import { stripVTControlCharacters } from "node:util";
import {
  bytesText,
  clockText,
  countText,
  dollarsText,
  durationText,
  percentText,
  printable,
  sizeChange,
} from "@henkan/client/text";
import { expect } from "chai";

describe("text for people", () => {
  it("counts things", () => {
    expect([0, 1, 12_345].map((value) => countText(value, "event"))).to.deep.equal([
      "0 events",
      "1 event",
      "12,345 events",
    ]);
  });

  it("prints bytes in powers of 1,000, with three significant digits", () => {
    const sizes = {
      0: "0 bytes",
      1: "1 byte",
      987: "987 bytes",
      1000: "1 kB",
      45300: "45.3 kB",
      99950: "100 kB",
      999499: "999 kB",
      999500: "1 MB",
      1213000: "1.21 MB",
      3400000000: "3.4 GB",
      3377699720527872: "3,378 TB",
    };
    for (const [bytes, text] of Object.entries(sizes)) expect(bytesText(Number(bytes)), bytes).to.equal(text);
  });

  it("rounds a limit down, so that every file of the printed size is within it", () => {
    expect([20 * 2 ** 20, 100 * 2 ** 20, 999_999].map((bytes) => bytesText(bytes, Math.floor))).to.deep.equal(
      ["20.9 MB", "104 MB", "999 kB"],
    );
  });

  it("rounds durations up to whole seconds, minutes or hours", () => {
    expect([0.1, 1, 89.2, 600, 100_000].map(durationText)).to.deep.equal([
      "1 second",
      "1 second",
      "90 seconds",
      "10 minutes",
      "28 hours",
    ]);
  });

  it("prints durations as a clock shows them", () => {
    expect([7, 67, 3723].map(clockText)).to.deep.equal(["0:07", "1:07", "1:02:03"]);
  });

  it("prints dollars to the cent, and with four decimals below one cent", () => {
    expect([0, 0.000_01, 0.000_05, 0.0123, 0.004_2, 1_234.5].map(dollarsText)).to.deep.equal([
      "$0",
      "under $0.0001",
      "$0.0001",
      "$0.01",
      "$0.0042",
      "$1,234.50",
    ]);
  });

  it("prints 100% only for the whole", () => {
    expect([percentText(1_999, 2_000), percentText(2, 2), percentText(0, 0)]).to.deep.equal([
      "99%",
      "100%",
      "100%",
    ]);
  });

  it("prints the change of size in whole percent, and never −100%", () => {
    expect([sizeChange(50, 100), sizeChange(150, 100), sizeChange(1, 1_000)]).to.deep.equal([-50, 50, -99]);
  });

  it("removes or replaces characters that act on the terminal or on the text around them", () => {
    const hostile = "a\u001b[31mb\u202egpj.exe\nc";
    expect(printable(hostile)).to.equal("a\ufffd[31mb\ufffdgpj.exe\ufffdc");
    expect(printable(hostile, "")).to.equal("a[31mbgpj.exec");
    expect(stripVTControlCharacters(printable(hostile))).to.equal(printable(hostile));
  });
});
