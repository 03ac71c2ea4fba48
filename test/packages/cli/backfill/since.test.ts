import { expect } from "chai";
import { newUploadId } from "../../../../handlers/upload-api/upload-id.ts";
import { parseSince, uploadIdPrefix } from "../../../../packages/cli/backfill/since.ts";

const now = new Date("2026-11-23T12:00:00Z");

describe("--since", () => {
  it("accepts days, in UTC, and times with their zone", () => {
    expect(parseSince("2026-11-01", now).toISOString()).to.equal("2026-11-01T00:00:00.000Z");
    expect(parseSince("2026-11-01T09:30+09:00", now).toISOString()).to.equal("2026-11-01T00:30:00.000Z");
    expect(parseSince("2026-11-01T09:30:15.5Z", now).toISOString()).to.equal("2026-11-01T09:30:15.500Z");
    expect(parseSince("2024-02-29", now).toISOString()).to.equal("2024-02-29T00:00:00.000Z");
  });

  for (const text of [
    "yesterday",
    "",
    "2026-13-01",
    "2026-02-30",
    "2026-11-01T25:00Z",
    "2026-11-01T10:00",
    "1/11/2026",
    "1969-12-31",
  ]) {
    it(`refuses "${text}"`, () => {
      expect(() => parseSince(text, now)).to.throw(`--since accepts a date such as 2026-11-01 (UTC)`);
    });
  }

  it("refuses a date in the future", () => {
    expect(() => parseSince("2026-11-24", now)).to.throw("--since 2026-11-24 is in the future");
  });

  it("begins with the first id of its millisecond", () => {
    const date = new Date("2026-11-01T00:00:00.000Z");
    const prefix = uploadIdPrefix(date);
    expect(newUploadId(date.getTime(), Buffer.alloc(10)) > prefix).to.equal(true);
    expect(newUploadId(date.getTime() - 1, Buffer.alloc(10, 0xff)) < prefix).to.equal(true);
  });
});
