import { encodeKey } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import fc from "fast-check";
import * as v from "valibot";
import {
  encodeEventKey,
  parseConversionRequest,
  s3EventText,
  type UploadedObject,
  uploadEvent,
} from "../../contract/s3-event.ts";

const origin = { source: "aws:s3", name: "ObjectCreated:Put", region: "eu-central-1", time: new Date(0) };
const upload: UploadedObject = { bucket: "uploads", key: "a/b.png", etag: "e1", bytes: 7 };
const parse = (body: unknown) => v.parse(s3EventText, JSON.stringify(body));

describe("an S3 event", () => {
  const body = (key: string) => ({
    Records: [{ s3: { bucket: { name: "uploads" }, object: { key, size: 7, eTag: "e1" } } }],
  });
  const keys: readonly (readonly [string, string])[] = [
    ["a/my+holiday.png", "a/my holiday.png"],
    ["a/1%2B1%3D2.png", "a/1+1=2.png"],
    ["a/%F0%9F%8C%B8+caf%C3%A9.png", "a/🌸 café.png"],
    ["a/100%25.png", "a/100%.png"],
  ];
  for (const [encoded, key] of keys) {
    it(`with the key ${encoded} is about ${key}`, () => {
      expect(parse(body(encoded))).to.deep.equal([{ object: { ...upload, key }, request: undefined }]);
      expect(encodeEventKey(key)).to.equal(encoded);
    });
  }

  it("returns each of its records", () => {
    const Records = [...body("a/1.png").Records, ...body("a/2.png").Records];
    expect(parse({ Records }).map(({ object }) => object.key)).to.deep.equal(["a/1.png", "a/2.png"]);
  });

  it("has no records when it is S3's test event", () => {
    const event = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "uploads", RequestId: "1" };
    expect(parse(event)).to.deep.equal([]);
  });

  for (const text of ["", "{", "{}", '{"Type":"Notification","Message":"{}"}', '{"Records":[{"s3":{}}]}']) {
    it(`is not ${text || "the empty text"}`, () => {
      expect(v.is(s3EventText, text)).to.equal(false);
    });
  }

  it("has the keys that the local S3 encodes", () => {
    const key = fc.string({ unit: "binary" }).filter((each) => each.isWellFormed());
    const property = fc.property(key, (each) => {
      expect(parse(body(encodeKey(each)))[0]?.object.key).to.equal(each);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it("is not a text whose key is not encoded", () => {
    expect(v.is(s3EventText, JSON.stringify(body("a/100%.png")))).to.equal(false);
  });
});

describe("an event of our own", () => {
  const text = fc.string({ unit: "binary" }).filter((key) => key.isWellFormed());

  it("is read as it was built, for every key", () => {
    const property = fc.property(text, fc.array(fc.string()), (key, variants) => {
      const request = { variants };
      const event = uploadEvent({ ...upload, key }, origin, request);
      expect(parse(event)).to.deep.equal([{ object: { ...upload, key }, request }]);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it("has no request unless one is given", () => {
    expect(uploadEvent(upload, origin).Records[0]).not.to.have.property("henkan");
  });
});

describe("a conversion request", () => {
  it("names variants", () => {
    expect(parseConversionRequest({ variants: ["small"] })).to.deep.equal({
      variants: ["small"],
      ignored: 0,
    });
  });

  it("omits values that cannot be names, and counts them", () => {
    const variants = ["small", 1, null, "", ["large"], { name: "large" }];
    expect(parseConversionRequest({ variants })).to.deep.equal({ variants: ["small"], ignored: 5 });
  });

  for (const request of [undefined, null, "small", [], {}, { variants: "small" }]) {
    it(`is not ${JSON.stringify(request)}`, () => {
      expect(parseConversionRequest(request)).to.have.property("unreadable").that.is.a("string").and.not
        .empty;
    });
  }
});
