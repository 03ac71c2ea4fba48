import { expect } from "chai";
import { uploadIdPattern } from "../../../contract/keys.ts";
import { newUploadId } from "../../../handlers/upload-api/upload-id.ts";

describe("upload id", () => {
  it("is the UUIDv7 of RFC 9562's example", () => {
    const random = Buffer.from("0cc318c4dc0c0c07398f", "hex");
    expect(newUploadId(0x017f22e279b0, random)).to.equal("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  });

  it("has its version and variant for all random bits, and passes the check of ids", () => {
    for (const byte of [0x00, 0xff]) {
      const id = newUploadId(Date.UTC(2026, 0), Buffer.alloc(10, byte));
      expect(id).to.match(/^.{14}7.{4}[89ab]/);
      expect(id).to.match(uploadIdPattern);
    }
  });

  it("sorts by time", () => {
    expect(newUploadId(1_000, Buffer.alloc(10, 0xff)) < newUploadId(1_001, Buffer.alloc(10))).to.equal(true);
  });

  it("differs from the next id of the same millisecond", () => {
    expect(newUploadId(1_000)).not.to.equal(newUploadId(1_000));
  });
});
