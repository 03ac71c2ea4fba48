import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import { save } from "../../../handlers/convert/save.ts";
import { rejection } from "../support/rejection.ts";

describe("save", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "henkan-save-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function* cut(bytes: Buffer, size: number) {
    for (let start = 0; start < bytes.length; start += size)
      yield Buffer.from(bytes.subarray(start, start + size));
  }

  for (const [bytes, size] of [
    [0, 10],
    [100, 7],
    [2 ** 20, 65_536],
    [5 * 2 ** 20 + 3, 65_521],
    [5 * 2 ** 20 + 3, 3 * 2 ** 20],
  ] as const) {
    it(`writes ${bytes} bytes that arrive in chunks of ${size}`, async () => {
      const contents = randomBytes(bytes);
      await save(cut(contents, size), join(directory, "a"));
      expect((await readFile(join(directory, "a"))).equals(contents)).to.equal(true);
    });
  }

  it("fails with the error of the body, and replaces no existing file", async () => {
    const error = new Error("connection lost");
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from("part");
        throw error;
      })(),
    );
    expect(await rejection(save(failing, join(directory, "a")))).to.equal(error);
    expect(await rejection(save(cut(randomBytes(3), 3), join(directory, "a")))).to.have.property(
      "code",
      "EEXIST",
    );
  });
});
