import { expect } from "chai";
import { parseReceipt, type Receipt } from "../../contract/receipt.ts";

const common = {
  uploadId: "019abc12-3456-7000-8000-0123456789ab",
  variant: "jpg",
  converter: "png-to-jpg",
  source: { etag: "e1", bytes: 18 },
  settings: "3f1c",
  at: "2026-11-23T01:02:03.456Z",
};
const receipts: readonly Receipt[] = [
  { ...common, state: "ready", path: "019abc12/jpg/a.jpg", contentType: "image/jpeg", bytes: 7 },
  { ...common, state: "failed", error: { code: "empty-file", message: "the file has no bytes" } },
];

describe("a receipt", () => {
  for (const receipt of receipts) {
    it(`of a variant that is ${receipt.state} is read as it was written`, () => {
      expect(parseReceipt(JSON.stringify(receipt))).to.deep.equal(receipt);
    });

    it(`of a variant that is ${receipt.state} needs each of its fields`, () => {
      for (const field of Object.keys(receipt)) {
        const text = JSON.stringify({ ...receipt, [field]: undefined });
        expect(parseReceipt(text), field).to.have.property("unreadable").that.contains(field);
      }
    });
  }

  for (const text of ["", "{", "null", "{}", '{"state":"pending"}']) {
    it(`is not ${text || "the empty text"}`, () => {
      expect(parseReceipt(text)).to.have.property("unreadable").that.is.a("string").and.not.empty;
    });
  }
});
