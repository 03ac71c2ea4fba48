import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import { readBlobFile, writeBlobFile } from "../../../../packages/local-cloud/s3/blob-file.ts";

const mib = 2 ** 20;

describe("blob files", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "henkan-blob-file-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Yields chunks that share one buffer: a chunk that is not copied before the next request is lost. */
  async function* cut(bytes: Buffer, at: number): AsyncGenerator<Uint8Array> {
    const memory = new Uint8Array(at);
    for (let from = 0; from < bytes.length; from += at) {
      const length = bytes.copy(memory, 0, from, from + at);
      yield memory.subarray(0, length);
    }
  }

  for (const [bytes, chunk] of [
    [0, 1],
    [5, 2],
    [mib, mib],
    [mib + 1, 64 * 1024],
    [3 * mib + 5, 100_003],
    [5 * mib, 3 * mib],
  ] as const) {
    it(`store ${bytes} bytes that arrive in chunks of ${chunk}`, async () => {
      const content = randomBytes(bytes);
      const path = join(directory, "blob");
      const md5 = createHash("md5").update(content).digest("hex");
      expect(await writeBlobFile(path, cut(content, chunk))).to.deep.equal({ bytes, md5 });
      expect(readFileSync(path).equals(content)).to.equal(true);
    });
  }

  it("do not mix the bytes of concurrent writes", async () => {
    const contents = Array.from({ length: 12 }, () => randomBytes(2 * mib + 7));
    const path = (index: number) => join(directory, String(index));
    await Promise.all(contents.map((content, index) => writeBlobFile(path(index), cut(content, 70_000))));
    for (const [index, content] of contents.entries())
      expect(readFileSync(path(index)).equals(content)).to.equal(true);
  });

  it("can be read in part", async () => {
    const content = randomBytes(mib);
    const path = join(directory, "blob");
    await writeBlobFile(path, cut(content, 50_000));
    const part = await buffer(readBlobFile(path, { start: 10, end: 700_000 }));
    expect(part.equals(content.subarray(10, 700_001))).to.equal(true);
  });
});
