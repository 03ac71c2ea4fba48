import { expect } from "chai";
import type { Convert } from "../../../converters/converter.ts";
import { captureLogs } from "../support/logs.ts";
import { appendSuffix, type Options, pipeline, uploaded, uploadId, variants } from "../support/pipeline.ts";

describe("upload converter, for an upload that it has seen before,", () => {
  const logs = captureLogs();
  const results = () => logs.map(({ result }) => result);

  it("does nothing for a duplicate event", async () => {
    const { convertUpload, steps } = pipeline();
    await convertUpload(uploaded());
    steps.length = 0;
    await convertUpload(uploaded());
    expect(steps).to.deep.equal([]);
    expect(results().slice(-2)).to.deep.equal(["skipped", "skipped"]);
  });

  it("makes all variants after a crash, but writes only those that were missing", async () => {
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

  it("requests only the missing variants from the converter, with the filename of the upload", async () => {
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
