import { expect } from "chai";
import { uploadedObjects } from "../../../handlers/convert/uploaded-objects.ts";
import { eventBody, eventRecord } from "../support/events.ts";
import { captureLogs } from "../support/logs.ts";

describe("uploaded objects of a queue message", () => {
  const logs = captureLogs();
  const asking = (henkan: unknown) =>
    uploadedObjects(eventBody({ ...eventRecord({ key: "a/b.png" }), henkan }));

  it("are the event's bucket, key, ETag and size", () => {
    const [object] = uploadedObjects(eventBody(eventRecord({ key: "a/b.png", etag: "e1", bytes: 7 })));
    expect(object).to.deep.equal({ bucket: "uploads", key: "a/b.png", etag: "e1", bytes: 7 });
  });

  it("are all the records of one body", () => {
    const body = eventBody(eventRecord({ key: "a/1.png" }), eventRecord({ key: "a/2.png" }));
    expect(uploadedObjects(body).map(({ key }) => key)).to.deep.equal(["a/1.png", "a/2.png"]);
  });

  const keys: readonly (readonly [string, string])[] = [
    ["a/my+holiday.png", "a/my holiday.png"],
    ["a/1%2B1%3D2.png", "a/1+1=2.png"],
    ["a/%F0%9F%8C%B8+caf%C3%A9.png", "a/🌸 café.png"],
    ["a/100%25.png", "a/100%.png"],
  ];
  for (const [encoded, decoded] of keys) {
    it(`decode the key ${encoded}`, () => {
      expect(uploadedObjects(eventBody(eventRecord({ key: encoded })))[0]?.key).to.equal(decoded);
    });
  }

  it("are none for S3's test event", () => {
    const event = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "uploads", RequestId: "1" };
    expect(uploadedObjects(JSON.stringify(event))).to.deep.equal([]);
  });

  it("carry the names of the variants that an event of our own asks for", () => {
    expect(asking({ variants: ["small", "large"] })[0]?.variants).to.deep.equal(["small", "large"]);
    expect(asking({ variants: [] })[0]?.variants).to.deep.equal([]);
    expect(logs).to.deep.equal([]);
  });

  it("leave out and log what can be no variant's name", () => {
    const [object] = asking({ variants: ["small", 1, null, "", ["large"], { name: "large" }] });
    expect(object?.variants).to.deep.equal(["small"]);
    expect(logs).to.have.lengthOf(1);
    expect(logs[0]).to.include({ level: "warn", result: "unreadable-request", key: "a/b.png", ignored: 5 });
  });

  for (const henkan of [null, "small", 7, [], {}, { variants: "small" }, { variants: { small: true } }]) {
    it(`want every variant when an event asks for ${JSON.stringify(henkan)}, which is logged`, () => {
      const [object] = asking(henkan);
      expect(object).to.deep.equal({ bucket: "uploads", key: "a/b.png", etag: "e1", bytes: 4 });
      expect(logs).to.have.lengthOf(1);
      expect(logs[0]).to.include({ level: "warn", result: "unreadable-request", key: "a/b.png" });
    });
  }

  for (const body of ["", "{", "{}", '{"Type":"Notification","Message":"{}"}', '{"Records":[{"s3":{}}]}']) {
    it(`are refused for the body ${body || "that is empty"}`, () => {
      expect(() => uploadedObjects(body)).to.throw();
    });
  }
});
