import { expect } from "chai";
import { parseContentType } from "../../../handlers/upload-api/content-type.ts";

describe("content type", () => {
  const types: readonly (readonly [string, string | undefined])[] = [
    ["image/png", "image/png"],
    ["IMAGE/PNG", "image/png"],
    ["text/plain; charset=utf-8", "text/plain"],
    ["image/svg+xml", "image/svg+xml"],
    ["image/jpg", "image/jpeg"],
    ["application/x-zip-compressed", "application/zip"],
    ["", undefined],
    ["png", undefined],
    ["image/", undefined],
    ["/png", undefined],
    ["image/p ng", undefined],
    ["image/png\r\nx: y", undefined],
    ["image/png, image/jpeg", undefined],
    ["image/*", undefined],
  ];
  for (const [text, expected] of types) {
    it(`${JSON.stringify(text)} is ${expected ?? "refused"}`, () => {
      expect(parseContentType(text)).to.equal(expected);
    });
  }
});
