import { expect } from "chai";
import { settingsHash } from "../../../contract/settings-hash.ts";
import { captureLogs } from "../support/logs.ts";
import { appendSuffix, pipeline, uploaded, uploadId } from "../support/pipeline.ts";

describe("upload converter", () => {
  const logs = captureLogs();
  const results = () => logs.map(({ result }) => result);

  it("writes the output, publishes the event and writes the receipt of one variant after the other", async () => {
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

  it("records the output, its source and its settings in the receipt", async () => {
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

  it("measures the source and each variant, and only counts a duplicate event", async () => {
    const { convertUpload, measured } = pipeline();
    await convertUpload(uploaded());
    expect(measured).to.deep.equal(["taken 4", "small ready after 0", "large ready after 0"]);
    measured.length = 0;
    await convertUpload(uploaded());
    expect(measured).to.deep.equal(["skipped", "skipped"]);
  });

  it("reads, writes and announces only the variants that the event names", async () => {
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

  for (const names of [["jpg"], ["toString", "__proto__"], []]) {
    it(`has nothing to do when the event names ${names.join(" and ") || "no variant"}`, async () => {
      const { convertUpload, steps, measured } = pipeline();
      await convertUpload(uploaded({ variants: names }));
      expect([steps, measured]).to.deep.equal([[], []]);
      expect(results()).to.deep.equal(names.length > 0 ? ["not-of-this-converter"] : []);
    });
  }

  it("makes the known variants once when the event also names unknown ones", async () => {
    const { convertUpload, steps, events } = pipeline();
    await convertUpload(uploaded({ variants: ["small", "jpg", "small"] }));
    expect(events.map(({ variant }) => variant)).to.deep.equal(["small"]);
    expect(logs[0]).to.deep.include({ level: "info", result: "not-of-this-converter", variants: ["jpg"] });
    steps.length = 0;
    await convertUpload(uploaded({ variants: ["small"] }));
    expect(steps).to.deep.equal([]);
    expect(results().at(-1)).to.equal("skipped");
  });

  for (const key of ["readme.txt", "not-a-uuid/a.png", `${uploadId}/a/b.png`, `${uploadId}/`]) {
    it(`acknowledges the key ${key}, which is not a key of the upload API`, async () => {
      const { convertUpload, steps } = pipeline();
      await convertUpload(uploaded({ key }));
      expect(steps).to.deep.equal([]);
      expect(logs[0]).to.include({ level: "warn", result: "not-an-upload", key });
    });
  }
});
