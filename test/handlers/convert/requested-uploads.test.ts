import { expect } from "chai";
import { requestedUploads } from "../../../handlers/convert/requested-uploads.ts";
import { eventBody } from "../support/events.ts";
import { captureLogs } from "../support/logs.ts";

describe("requested uploads", () => {
  const logs = captureLogs();
  const requesting = (henkan: unknown) => requestedUploads(eventBody({ key: "a/b.png", henkan }));

  it("have the bucket, key, ETag and size of the event, and include every variant", () => {
    const uploads = requestedUploads(eventBody({ key: "a/b c.png", etag: "e1", bytes: 7 }));
    expect(uploads).to.deep.equal([{ bucket: "uploads", key: "a/b c.png", etag: "e1", bytes: 7 }]);
    expect(logs).to.deep.equal([]);
  });

  it("include only the variants that a conversion request names", () => {
    expect(requesting({ variants: ["small", "large"] })[0]?.variants).to.deep.equal(["small", "large"]);
    expect(requesting({ variants: [] })[0]?.variants).to.deep.equal([]);
    expect(logs).to.deep.equal([]);
  });

  it("omit and log a text that cannot be the name of a variant", () => {
    const [upload] = requesting({ variants: ["small", 1, null, "", ["large"], { name: "large" }] });
    expect(upload?.variants).to.deep.equal(["small"]);
    expect(logs).to.have.lengthOf(1);
    expect(logs[0]).to.include({ level: "warn", result: "unreadable-request", key: "a/b.png", ignored: 5 });
  });

  for (const henkan of [null, "small", 7, [], {}, { variants: "small" }, { variants: { small: true } }]) {
    it(`include every variant, and log it, when the request is ${JSON.stringify(henkan)}`, () => {
      const [upload] = requesting(henkan);
      expect(upload).to.deep.equal({ bucket: "uploads", key: "a/b.png", etag: "e1", bytes: 4 });
      expect(logs).to.have.lengthOf(1);
      expect(logs[0]).to.include({ level: "warn", result: "unreadable-request", key: "a/b.png" });
    });
  }

  it("throw for a body that is not an S3 event", () => {
    expect(() => requestedUploads('{"Type":"Notification","Message":"{}"}')).to.throw();
  });
});
