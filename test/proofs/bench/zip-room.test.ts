import { tmpdir } from "node:os";
import { expect } from "chai";
import { ifRoom } from "../../../proofs/bench/zip/room.ts";

describe("the bench's need of disk", () => {
  const line = { group: "Zip", name: "text: peak memory at 2048 MB", unit: "MB" };
  const measured = { ...line, value: 100 };

  async function linesFor(megabytes: number) {
    const said: string[] = [];
    let ran = false;
    const bench = { directory: tmpdir(), say: (text: string) => void said.push(text) };
    const lines = await ifRoom(bench, { line, megabytes }, async () => {
      ran = true;
      return [measured];
    });
    return { said, ran, lines };
  }

  it("runs a measurement when there is enough disk", async () => {
    expect(await linesFor(1)).to.deep.equal({ said: [], ran: true, lines: [measured] });
  });

  it("leaves out a measurement when there is not enough disk, and reports it", async () => {
    const { said, ran, lines } = await linesFor(2 ** 40);
    expect(ran).to.equal(false);
    const note = `left out: ${tmpdir()} has no room for 1,099,511,627,776 MB`;
    expect(lines).to.deep.equal([{ ...line, note }]);
    expect(said).to.deep.equal([`${line.name}: ${note}`]);
  });
});
