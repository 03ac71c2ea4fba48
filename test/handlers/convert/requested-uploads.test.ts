import { expect } from "chai";
import { requestedUploads } from "../../../handlers/convert/requested-uploads.ts";
import { eventBody } from "../support/events.ts";
import { captureLogs } from "../support/logs.ts";

describe("requested uploads", () => {
  const logs = captureLogs();
  const requesting = (henkan: unknown) => requestedUploads(eventBody({ key: "a/b.png", henkan }));

  it("have the event's bucket, key, ETag and size, and want every variant", () => {
    const uploads = requestedUploads(eventBody({ key: "a/b c.png", etag: "e1", bytes: 7 }));
    expect(uploads).to.deep.equal([{ bucket: "uploads", key: "a/b c.png", etag: "e1", bytes: 7 }]);
    expect(logs).to.deep.equal([]);
  });

  it("want the variants that an event of our own names", () => {
    expect(requesting({ variants: ["small", "large"] })[0]?.variants).to.deep.equal(["small", "large"]);
    expect(requesting({ variants: [] })[0]?.variants).to.deep.equal([]);
    expect(logs).to.deep.equal([]);
  });

  it("do not want what cannot be a variant's name, which is logged", () => {
    const [upload] = requesting({ variants: ["small", 1, null, "", ["large"], { name: "large" }] });
    expect(upload?.variants).to.deep.equal(["small"]);
    expect(logs).to.have.lengthOf(1);
    expect(logs[0]).to.include({ level: "warn", result: "unreadable-request", key: "a/b.png", ignored: 5 });
  });

  for (const henkan of [null, "small", 7, [], {}, { variants: "small" }, { variants: { small: true } }]) {
    it(`want every variant when the request is ${JSON.stringify(henkan)}, which is logged`, () => {
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
