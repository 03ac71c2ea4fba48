import { Readable } from "node:stream";
import { expect } from "chai";
import { png } from "../../../contract/media-types.ts";
import type { Convert } from "../../../converters/converter.ts";
import { ConversionError } from "../../../converters/errors.ts";
import { SourceGoneError } from "../../../handlers/convert/uploads.ts";
import { captureLogs } from "../support/logs.ts";
import { appendSuffix, type Options, pipeline, uploaded, uploadId } from "../support/pipeline.ts";
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

describe("upload converter, when a conversion fails", () => {
  const logs = captureLogs();

  it("records a permanent failure of the source for every variant, and acknowledges the message", async () => {
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

  it("does not repeat a conversion that has failed permanently", async () => {
    const { convertUpload, steps } = pipeline({ convert: convertThrowing(corrupt) });
    await convertUpload(uploaded());
    steps.length = 0;
    await convertUpload(uploaded());
    expect(steps).to.deep.equal([]);
  });

  it("keeps the variants that were made before the source failed", async () => {
    const { convertUpload, events } = pipeline({ convert: convertThrowing(corrupt, onlyFirst) });
    await convertUpload(uploaded());
    expect(events.map(({ state }) => state)).to.deep.equal(["ready", "failed"]);
  });

  it("records a permanent failure of one variant only for that variant", async () => {
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

  it("records a permanent failure during the stream of an output only for that variant", async () => {
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

  it("records a failure only for the variants that the event names", async () => {
    const { convertUpload, receipts } = pipeline({ convert: convertThrowing(corrupt) });
    await convertUpload(uploaded({ variants: ["large"] }));
    expect([...receipts.keys()]).to.deep.equal([`${uploadId}/large`]);
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

  it("rejects when the converter omits a variant", async () => {
    const { convertUpload } = pipeline({ convert: onlyFirst });
    expect(await rejection(convertUpload(uploaded())))
      .to.have.property("message")
      .that.matches(/did not yield large/);
  });

  it("rejects when the converter returns a variant that was not requested", async () => {
    const convert: Convert<Options> = async function* () {
      yield { variant: "huge", error: corrupt };
    };
    const { convertUpload, events } = pipeline({ convert });
    expect(await rejection(convertUpload(uploaded())))
      .to.have.property("message")
      .that.includes('"huge"');
    expect(events).to.deep.equal([]);
  });

  it("acknowledges an upload that no longer exists", async () => {
    const { convertUpload, events } = pipeline({ convert: convertThrowing(new SourceGoneError("gone")) });
    await convertUpload(uploaded());
    expect(events).to.deep.equal([]);
    expect(logs).to.have.lengthOf(1);
    expect(logs[0]).to.include({ level: "warn", result: "source-gone", uploadId });
  });
});
