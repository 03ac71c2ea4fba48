import { Readable } from "node:stream";
import { expect } from "chai";
import type { Convert } from "../../../converters/converter.ts";
import { ConversionError } from "../../../converters/errors.ts";
import { png } from "../../../converters/media-types.ts";
import { SourceGoneError } from "../../../handlers/convert/uploads.ts";
import { settingsHash } from "../../../handlers/settings.ts";
import { captureLogs } from "../support/logs.ts";
import { appendSuffix, type Options, pipeline, uploaded, uploadId, variants } from "../support/pipeline.ts";
import { rejection } from "../support/rejection.ts";

const corrupt = new ConversionError("corrupt-input", "the file ends early");

/** Yields `before` and then throws. */
function convertThrowing(error: Error, before: Convert<Options> = async function* () {}): Convert<Options> {
  return async function* (source, wanted) {
    yield* before(source, wanted);
    throw error;
  };
}

const onlyFirst: Convert<Options> = (source, wanted) => appendSuffix(source, wanted.slice(0, 1));

describe("upload converter", () => {
  const logs = captureLogs();
  const results = () => logs.map(({ result }) => result);

  it("writes the output, then publishes, then writes the receipt, variant by variant", async () => {
    const { convertUpload, steps } = pipeline();
    await convertUpload(uploaded());
    expect(steps).to.deep.equal([
      "read",
      `write ${uploadId}/small/note.png`,
      "announce small",
      "receipt small",
      `write ${uploadId}/large/note.png`,
      "announce large",
      "receipt large",
      "close",
    ]);
  });

  it("records what was made, of what and how", async () => {
    const { convertUpload, receipts, events, files } = pipeline();
    await convertUpload(uploaded());
    const receipt = receipts.get(`${uploadId}/small`);
    expect(receipt).to.deep.equal({
      uploadId,
      variant: "small",
      converter: "append",
      state: "ready",
      path: `${uploadId}/small/note.png`,
      contentType: "image/png",
      bytes: 6,
      width: 3,
      height: 2,
      source: { etag: "e1", bytes: 4 },
      settings: settingsHash("append", { suffix: "-s" }),
      at: "2026-01-02T03:04:05.000Z",
    });
    expect(events[0]).to.deep.equal(receipt);
    expect(files.get(`${uploadId}/small/note.png`)).to.equal("note-s");
  });

  it("does nothing at all for a duplicate", async () => {
    const { convertUpload, steps } = pipeline();
    await convertUpload(uploaded());
    steps.length = 0;
    await convertUpload(uploaded());
    expect(steps).to.deep.equal([]);
    expect(results().slice(-2)).to.deep.equal(["skipped", "skipped"]);
  });

  it("measures the bytes it takes and each variant, and for a duplicate only that it was one", async () => {
    const { convertUpload, measured } = pipeline();
    await convertUpload(uploaded());
    expect(measured).to.deep.equal(["taken 4", "small ready after 0", "large ready after 0"]);
    measured.length = 0;
    await convertUpload(uploaded());
    expect(measured).to.deep.equal(["skipped", "skipped"]);
  });

  it("makes what a crash left out from all variants, and writes what was left out alone", async () => {
    const asked: string[][] = [];
    const convert: typeof appendSuffix = (source, all, isWanted) => {
      asked.push(all.map(({ name }) => `${name} ${isWanted?.(name)}`));
      return appendSuffix(source, all);
    };
    let crashes = true;
    const { convertUpload, steps } = pipeline({
      convert,
      fault: (step) => {
        if (crashes && step.includes("large")) throw new Error("killed");
      },
    });
    await convertUpload(uploaded()).catch(() => {});
    crashes = false;
    steps.length = 0;
    await convertUpload(uploaded());
    expect(asked[1]).to.deep.equal(["small false", "large true"]);
    expect(steps.filter((step) => step.includes("small"))).to.deep.equal([]);
    expect(steps).to.include("receipt large");
  });

  it("makes the variants that the event names from all of them, and reads, writes and tells of no other", async () => {
    const asked: string[] = [];
    const convert: typeof appendSuffix = (source, all, isWanted) => {
      asked.push(...all.map(({ name }) => `${name} ${isWanted?.(name)}`));
      return appendSuffix(source, all);
    };
    const { convertUpload, receipts, events, files, measured } = pipeline({ convert });
    await convertUpload(uploaded({ variants: ["large"] }));
    expect(asked).to.deep.equal(["small false", "large true"]);
    expect([...receipts.keys()]).to.deep.equal([`${uploadId}/large`]);
    expect([...files.keys()]).to.deep.equal([`${uploadId}/large/note.png`]);
    expect(events.map(({ variant }) => variant)).to.deep.equal(["large"]);
    expect(measured).to.deep.equal(["taken 4", "large ready after 0"]);
  });

  it("records a failure for the variants that the event names alone", async () => {
    const { convertUpload, receipts } = pipeline({ convert: convertThrowing(corrupt) });
    await convertUpload(uploaded({ variants: ["large"] }));
    expect([...receipts.keys()]).to.deep.equal([`${uploadId}/large`]);
  });

  for (const names of [["jpg"], ["toString", "__proto__"], []]) {
    it(`has nothing to do when the event names ${names.join(" and ") || "no variant"}`, async () => {
      const { convertUpload, steps, measured } = pipeline();
      await convertUpload(uploaded({ variants: names }));
      expect([steps, measured]).to.deep.equal([[], []]);
      expect(results()).to.deep.equal(names.length > 0 ? ["not-of-this-converter"] : []);
    });
  }

  it("makes what it knows when the event also names what it does not, and nothing twice", async () => {
    const { convertUpload, steps, events } = pipeline();
    await convertUpload(uploaded({ variants: ["small", "jpg", "small"] }));
    expect(events.map(({ variant }) => variant)).to.deep.equal(["small"]);
    expect(logs[0]).to.deep.include({ level: "info", result: "not-of-this-converter", variants: ["jpg"] });
    steps.length = 0;
    await convertUpload(uploaded({ variants: ["small"] }));
    expect(steps).to.deep.equal([]);
    expect(results().at(-1)).to.equal("skipped");
  });

  it("makes only the variants whose settings changed", async () => {
    const { receipts, convertUpload } = pipeline();
    await convertUpload(uploaded());
    const [small] = variants;
    const changed = [...(small ? [small] : []), { name: "large", options: { suffix: "-xl" } }];
    const later = pipeline({ receipts, variants: changed });
    await later.convertUpload(uploaded());
    expect([...later.files]).to.deep.equal([[`${uploadId}/large/note.png`, "note-xl"]]);
  });

  for (const [what, fields] of Object.entries({ ETag: { etag: "e2" }, size: { bytes: 5 } })) {
    it(`makes every variant again when the source has another ${what}`, async () => {
      const { convertUpload, events } = pipeline();
      await convertUpload(uploaded());
      await convertUpload(uploaded(fields));
      expect(events.map(({ variant }) => variant)).to.deep.equal(["small", "large", "small", "large"]);
    });
  }

  it("records a permanent failure of the source for every variant, and acknowledges", async () => {
    const { convertUpload, events, receipts, files } = pipeline({ convert: convertThrowing(corrupt) });
    await convertUpload(uploaded());
    expect(files).to.have.property("size", 0);
    expect(events.map(({ variant }) => variant)).to.deep.equal(["small", "large"]);
    const receipt = receipts.get(`${uploadId}/large`);
    expect(receipt).to.deep.include({
      state: "failed",
      error: { code: "corrupt-input", message: "the file ends early" },
    });
    expect(receipt).not.to.have.any.keys("path", "contentType", "bytes");
    expect(logs[0]).to.include({ uploadId, variant: "small", result: "failed", code: "corrupt-input" });
  });

  it("does not try a permanent failure again", async () => {
    const { convertUpload, steps } = pipeline({ convert: convertThrowing(corrupt) });
    await convertUpload(uploaded());
    steps.length = 0;
    await convertUpload(uploaded());
    expect(steps).to.deep.equal([]);
  });

  it("keeps the variants that were yielded before the source failed", async () => {
    const { convertUpload, events } = pipeline({ convert: convertThrowing(corrupt, onlyFirst) });
    await convertUpload(uploaded());
    expect(events.map(({ state }) => state)).to.deep.equal(["ready", "failed"]);
  });

  it("records a permanent failure of one variant for that variant alone", async () => {
    const { convertUpload, events } = pipeline({
      convert: async function* (source, wanted) {
        yield { variant: "small", error: new ConversionError("too-large", "too wide") };
        yield* appendSuffix(source, wanted.slice(1));
      },
    });
    await convertUpload(uploaded());
    expect(events.map(({ variant, state }) => [variant, state])).to.deep.equal([
      ["small", "failed"],
      ["large", "ready"],
    ]);
  });

  it("records a permanent failure that shows only while the output streams, for that variant alone", async () => {
    async function* brokenStream() {
      yield Buffer.from("part");
      throw corrupt;
    }
    const { convertUpload, events } = pipeline({
      convert: async function* (source, wanted) {
        yield { variant: "small", output: { type: png, body: Readable.from(brokenStream()) } };
        yield* appendSuffix(source, wanted.slice(1));
      },
    });
    await convertUpload(uploaded());
    expect(events.map(({ variant, state }) => [variant, state])).to.deep.equal([
      ["small", "failed"],
      ["large", "ready"],
    ]);
  });

  it("rejects on any other failure of the converter, and leaves no receipt", async () => {
    const { convertUpload, receipts, steps } = pipeline({
      convert: convertThrowing(new Error("ECONNRESET")),
    });
    expect(await rejection(convertUpload(uploaded()))).to.have.property("message", "ECONNRESET");
    expect(receipts).to.have.property("size", 0);
    expect(steps).to.deep.equal(["close"]);
  });

  for (const failing of ["write", "announce", "receipt"]) {
    it(`leaves no receipt when "${failing}" fails, and repeats only that variant next time`, async () => {
      let faulty = true;
      const fault = (step: string) => {
        if (faulty && step.startsWith(failing) && step.includes("large")) throw new Error("SlowDown");
      };
      const { convertUpload, receipts, events, steps } = pipeline({ fault });
      expect(await rejection(convertUpload(uploaded()))).to.have.property("message", "SlowDown");
      expect([...receipts.keys()]).to.deep.equal([`${uploadId}/small`]);
      expect(steps.at(-1)).to.equal("close");

      faulty = false;
      events.length = 0;
      await convertUpload(uploaded());
      expect(events.map(({ variant }) => variant)).to.deep.equal(["large"]);
      expect(receipts).to.have.property("size", 2);
    });
  }

  it("acknowledges an upload that is no longer there", async () => {
    const { convertUpload, events } = pipeline({ convert: convertThrowing(new SourceGoneError("gone")) });
    await convertUpload(uploaded());
    expect(events).to.deep.equal([]);
    expect(logs).to.have.lengthOf(1);
    expect(logs[0]).to.include({ level: "warn", result: "source-gone", uploadId });
  });

  for (const key of ["readme.txt", "not-a-uuid/a.png", `${uploadId}/a/b.png`, `${uploadId}/`]) {
    it(`acknowledges the key ${key}, which the upload API cannot have made`, async () => {
      const { convertUpload, steps } = pipeline();
      await convertUpload(uploaded({ key }));
      expect(steps).to.deep.equal([]);
      expect(logs[0]).to.include({ level: "warn", result: "not-an-upload", key });
    });
  }

  it("rejects when the converter leaves a variant out, instead of losing it", async () => {
    const { convertUpload } = pipeline({ convert: onlyFirst });
    expect(await rejection(convertUpload(uploaded())))
      .to.have.property("message")
      .that.matches(/left out large/);
  });

  it("rejects when the converter returns a variant nobody asked for", async () => {
    const convert: Convert<Options> = async function* () {
      yield { variant: "huge", error: corrupt };
    };
    const { convertUpload, events } = pipeline({ convert });
    expect(await rejection(convertUpload(uploaded())))
      .to.have.property("message")
      .that.includes('"huge"');
    expect(events).to.deep.equal([]);
  });

  it("asks the converter only for what is left to make, under the upload's filename", async () => {
    const seen: unknown[] = [];
    const convert: Convert<Options> = (source, all, isWanted = () => true) => {
      const wanted = all.filter(({ name }) => isWanted(name));
      seen.push(source.filename, ...wanted.map(({ name }) => name));
      return appendSuffix(source, wanted);
    };
    const { receipts, convertUpload } = pipeline({ variants: variants.slice(0, 1) });
    await convertUpload(uploaded());
    await pipeline({ receipts, convert }).convertUpload(uploaded());
    expect(seen).to.deep.equal(["note.txt", "large"]);
  });
});
