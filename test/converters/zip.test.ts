import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Source } from "../../converters/converter.ts";
import { convert } from "../../converters/zip.ts";
import { unzip } from "../unzip.ts";
import { failureOf } from "./convert-all.ts";
import { photograph } from "./pictures.ts";
import { sourceOf } from "./sources.ts";

const execFileAsync = promisify(execFile);

const stored = 0;
const deflated = 8;

async function zipOf(source: Source, level = 5): Promise<Readable> {
  for await (const conversion of convert(source, [{ name: "archive", options: { level } }])) {
    if ("error" in conversion) throw conversion.error;
    expect(conversion.output.type.contentType).to.equal("application/zip");
    expect(conversion.output.body).to.be.instanceOf(Readable);
    return conversion.output.body as Readable;
  }
  throw new Error("Expected a zip but nothing was made");
}

async function bytesOf(source: Source, level?: number): Promise<Buffer> {
  return buffer(await zipOf(source, level));
}

describe("zip", () => {
  it("contains one file with its own name and the date 1980", async () => {
    const text = "line of text\n".repeat(5000);
    const [unzipped, ...others] = await unzip(await bytesOf(sourceOf("notes.txt", text)));
    expect(others).to.deep.equal([]);
    expect(unzipped?.contents.toString()).to.equal(text);
    expect(unzipped?.entry.fileName).to.equal("notes.txt");
    expect(unzipped?.entry.getLastModDate({ timezone: "UTC" }).toISOString()).to.equal(
      "1980-01-01T00:00:00.000Z",
    );
  });

  it("keeps Unicode names, but no path in a name", async () => {
    for (const [filename, name] of [
      ["変換 café 🌷.txt", "変換 café 🌷.txt"],
      ["..\\..\\C:evil.txt", ".._.._C_evil.txt"],
      ["a/b.txt", "a_b.txt"],
    ] as const) {
      const [unzipped] = await unzip(await bytesOf(sourceOf(filename, "text")));
      expect(unzipped?.entry.fileName).to.equal(name);
    }
  });

  it("compresses files that become smaller, and stores the others", async () => {
    for (const [filename, contents, method] of [
      ["a.txt", "text ".repeat(1000), deflated],
      ["a.jpg", await photograph(), stored],
      ["a.zip", "whatever the bytes".repeat(100), stored],
      ["a.bin", randomBytes(200_000), stored],
      ["a.bin", Buffer.alloc(200_000), deflated],
      ["tiny.txt", "x", stored],
    ] as const) {
      const [unzipped] = await unzip(await bytesOf(sourceOf(filename, contents)));
      expect(unzipped?.entry.compressionMethod, filename).to.equal(method);
      expect(unzipped?.contents, filename).to.deep.equal(Buffer.from(contents));
    }
  });

  it("compresses more at a higher level", async () => {
    const source = sourceOf(
      "a.json",
      JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ i, square: i * i }))),
    );
    expect((await bytesOf(source, 9)).length).to.be.below((await bytesOf(source, 1)).length);
  });

  it("makes the same bytes every time, for chunks of every size", async () => {
    const contents = Buffer.from(
      Array.from({ length: 60_000 }, (_, i) => `${i} ${(i * 7919) % 997};`).join(""),
    );
    const whole = sourceOf("a.csv", contents);
    const pieces = function* () {
      for (let start = 0, size = 1; start < contents.length; start += size, size = (size * 31) % 70_001) {
        yield contents.subarray(start, start + size);
      }
    };
    const cut = { ...whole, stream: async () => Readable.from(pieces(), { objectMode: false }) };
    const expected = await bytesOf(whole);
    expect((await bytesOf(cut)).equals(expected)).to.equal(true);
    expect((await bytesOf(whole)).equals(expected)).to.equal(true);
  });

  it("makes one archive for each variant", async () => {
    const source = sourceOf("a.txt", "text ".repeat(1000));
    const names: string[] = [];
    for await (const conversion of convert(source, [
      { name: "fast", options: { level: 1 } },
      { name: "small", options: { level: 9 } },
    ])) {
      if ("error" in conversion) throw conversion.error;
      expect(await unzip(await buffer(conversion.output.body as Readable))).to.have.length(1);
      names.push(conversion.variant);
    }
    expect(names).to.deep.equal(["fast", "small"]);
  });

  it("refuses an empty file", async () => {
    expect(await failureOf(() => zipOf(sourceOf("a.txt", "")))).to.have.property("code", "empty-file");
  });

  it("streams, so its memory does not grow with the file", async () => {
    const zipOfMegabytes = async (megabytes: number) => {
      const child = join(import.meta.dirname, "zip-stream.child.ts");
      const { stdout } = await execFileAsync(process.execPath, [child, String(megabytes)]);
      return JSON.parse(stdout) as { bytes: number; peakMegabytes: number };
    };
    const [small, large] = [await zipOfMegabytes(50), await zipOfMegabytes(250)];
    expect(large.bytes).to.be.above(240e6);
    expect(large.peakMegabytes - small.peakMegabytes).to.be.below(100);
  });

  describe("when the source fails", () => {
    const text = Buffer.from("some text that goes on ".repeat(20_000));

    function failing(stream: () => Readable): Source {
      return { ...sourceOf("a.txt", text), stream: async () => stream() };
    }

    it("throws the error, and the zip is not complete", async () => {
      const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
      const source = failing(() =>
        Readable.from(
          (async function* () {
            yield text.subarray(0, text.length / 2);
            throw reset;
          })(),
          { objectMode: false },
        ),
      );
      const body = await zipOf(source);
      let ended = false;
      body.once("end", () => {
        ended = true;
      });
      expect(await failureOf(() => buffer(body))).to.equal(reset);
      expect(ended).to.equal(false);
    });

    it("fails when the file ends before its length", async () => {
      const source = failing(() => Readable.from([text.subarray(0, 100_000)], { objectMode: false }));
      expect(await failureOf(async () => buffer(await zipOf(source))))
        .to.have.property("message")
        .that.equals(`Expected ${text.length} bytes from the source but received 100000`);
    });

    it("closes the source when its reader stops", async () => {
      const open = new PassThrough();
      open.write(text.subarray(0, 100_000));
      const body = await zipOf(failing(() => open));
      const closed = new Promise((resolve) => open.once("close", resolve));
      body.destroy();
      await closed;
      expect(open.destroyed).to.equal(true);
    });
  });
});
