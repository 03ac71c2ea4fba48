import { WriteStream } from "node:tty";
import { expect } from "chai";
import { displayWidth } from "../../../../packages/cli/text.ts";
import { TransferDisplay, transferLine } from "../../../../packages/cli/upload/transfer-display.ts";

/** Returns a stream and the text that is written to it. It is a terminal of 80 columns if `isTTY`. */
function recorder(isTTY: boolean) {
  const written: string[] = [];
  const stream = Object.assign(Object.create(WriteStream.prototype), {
    isTTY,
    columns: 80,
    rows: 24,
    write: (text: string) => written.push(text),
    moveCursor: (_: number, lines: number) => written.push(`<up ${-lines}>`),
    cursorTo: () => {},
    clearScreenDown: () => written.push("<clear>"),
  });
  return { stream: stream as WriteStream, written };
}

describe("transfer display", () => {
  it("draws a bar with the sent bytes, the rate and the remaining time", () => {
    const transfer = { file: "photo.jpg", bytes: 4_000_000, sentBytes: 1_000_000, startedAt: 0 };
    const line = transferLine(transfer, 100, 500);
    expect(line).to.match(/^photo\.jpg +█{5}░{15} +25% +1 MB of 4 MB +2 MB\/s +0:02 left$/);
  });

  it("prints the step that follows the bytes, and keeps the end of a long name", () => {
    const file = `${"folder/".repeat(20)}photo.jpg`;
    const transfer = { file, bytes: 10, sentBytes: 10, startedAt: 0, stage: "converting: 2 of 4 variants" };
    const line = transferLine(transfer, 80, 500);
    expect(line).to.match(/^….*photo\.jpg +█{20} +100% +converting: 2 of 4 variants$/);
    expect(displayWidth(line)).to.be.at.most(80);
  });

  it("leaves a line for each file and removes its bars", () => {
    const { stream, written } = recorder(true);
    const display = new TransferDisplay(stream, 2);
    const first = display.start("a.jpg", 10);
    display.start("b.jpg", 10);
    display.finish(first, ["a.jpg: sent"]);
    const afterFirst = written.join("");
    expect(afterFirst).to.contain("a.jpg: sent\n");
    expect(afterFirst).to.match(/b\.jpg +░{20}.*\n1 of 2 files done *\n$/);
    written.length = 0;
    display.close();
    expect(written).to.deep.equal(["<up 2>", "<clear>"]);
  });

  it("prints plain lines without a terminal, and nothing without a stream", () => {
    const { stream, written } = recorder(false);
    const display = new TransferDisplay(stream, 1);
    display.finish(display.start("a.jpg", 10), ["a.jpg: sent"]);
    display.close();
    expect(written).to.deep.equal(["a.jpg: sent\n"]);
    new TransferDisplay(undefined, 1).finish(undefined, ["a.jpg: sent"]);
  });
});
