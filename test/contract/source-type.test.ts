import { expect } from "chai";
import { sourceType } from "../../contract/source-type.ts";

describe("source type", () => {
  const types: readonly (readonly [string, string])[] = [
    ["photo.jpg", "image/jpeg"],
    ["scan.tif", "image/tiff"],
    ["PHOTO.PNG", "image/png"],
    ["report.pdf", "application/pdf"],
    ["letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ["data.unheardof", "application/octet-stream"],
    ["png", "application/octet-stream"],
    ["a.b c", "application/octet-stream"],
  ];
  for (const [filename, contentType] of types) {
    it(`of ${filename} is ${contentType}`, () => {
      expect(sourceType(filename).contentType).to.equal(contentType);
    });
  }
});
