import { expect } from "chai";
import fc from "fast-check";
import {
  extensionOf,
  outputKey,
  outputPath,
  outputUrl,
  parseUploadKey,
  uploadKey,
} from "../../../contract/keys.ts";
import { mediaTypes, webp } from "../../../contract/media-types.ts";
import { maxFilenameBytes } from "../../../contract/safe-name.ts";
import { sourceType } from "../../../contract/source-type.ts";
import { requestedUploads } from "../../../handlers/convert/requested-uploads.ts";
import { parseContentType } from "../../../handlers/upload-api/content-type.ts";
import { canonicalExtension } from "../../../handlers/upload-api/extension.ts";
import { storedFilename } from "../../../handlers/upload-api/filename.ts";
import { newUploadId } from "../../../handlers/upload-api/upload-id.ts";
import { awkwardNames } from "../../../proofs/corpus/awkward-names.ts";
import { eventBody } from "../support/events.ts";

/** S3's limit, https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html. */
const maxKeyBytes = 1024;

/** Characters that break names: separators, dots, spaces, combining marks, lone surrogates, direction marks. */
const fragments = fc.constantFrom(
  ...["/", "\\", ".", "..", " ", "%2e", "%", "+", "\0", "\r\n", "\u202e", "\u200f", "\ufeff", "\u2028"],
  ...[
    "e",
    "\u0301",
    "\u0338",
    "<",
    "=",
    ":",
    "\ud83c",
    "\udf38",
    "🌸",
    "CON",
    "lpt1",
    ".png",
    ".JPEG",
    ".tar.gz",
  ],
);
const filename = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 400 }),
  fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join("")),
  fc.constantFrom(...awkwardNames),
);
const contentType = fc.oneof(
  fc.constantFrom(...mediaTypes.map((type) => type.contentType)),
  fc.constantFrom(
    "text/plain",
    "application/octet-stream",
    "image/svg+xml",
    "application/x-own",
    "video/mp4",
  ),
);
const uploadId = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 43 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
  .map(([milliseconds, random]) => newUploadId(milliseconds, Buffer.from(random)));
const upload = fc.record({ uploadId, filename, contentType }).map((each) => ({
  uploadId: each.uploadId,
  contentType: each.contentType,
  filename: storedFilename(each.filename, each.contentType),
}));
/** The longest name that a stage may give a variant. */
const variant = fc.stringMatching(/^[a-z0-9-]{1,64}$/);

const runs = { numRuns: 500 };

describe("any filename", () => {
  it("becomes one short, visible, composed segment, which then stays unchanged", () => {
    const property = fc.property(filename, contentType, (name, type) => {
      const stored = storedFilename(name, type);
      expect(Buffer.byteLength(stored)).to.be.within(2, maxFilenameBytes);
      expect(stored).to.equal(stored.normalize("NFC"));
      expect(stored.isWellFormed()).to.equal(true);
      expect(stored).not.to.match(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufeff/\\<>:"|?*]/u);
      expect(stored).not.to.match(/^[.\s]|[.\s]$/u);
      expect(stored).not.to.match(/^(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\.|$)/i);
      expect(storedFilename(stored, type)).to.equal(stored);
    });
    fc.assert(property, runs);
  });

  it("ends in the extension of its type, and is routed only to converters that accept the type", () => {
    const property = fc.property(filename, contentType, (name, type) => {
      const stored = storedFilename(name, type);
      const routed = mediaTypes.find((each) => each.contentType === type);
      if (routed) expect(sourceType(stored)).to.equal(routed);
      else expect(mediaTypes).not.to.include(sourceType(stored));
      expect(extensionOf(stored)).to.equal(extensionOf(stored).toLowerCase());
    });
    fc.assert(property, runs);
  });

  it("is split into a stem and an extension without losing the stem", () => {
    const property = fc.property(filename, contentType, (name, type) => {
      const { stem, extension } = canonicalExtension(name, type);
      expect(name.startsWith(stem)).to.equal(true);
      expect(extension).to.match(/^\.[a-z0-9]/);
    });
    fc.assert(property, runs);
  });
});

describe("any key", () => {
  it("is read as the parts that it was built from", () => {
    const property = fc.property(upload, ({ contentType: _, ...key }) => {
      expect(parseUploadKey(uploadKey(key))).to.deep.equal(key);
    });
    fc.assert(property, runs);
  });

  it("fits S3, and so does its outputs'", () => {
    const property = fc.property(upload, variant, (key, name) => {
      expect(Buffer.byteLength(uploadKey(key))).to.be.at.most(maxKeyBytes);
      expect(Buffer.byteLength(outputKey(outputPath(key, name, webp)))).to.be.at.most(maxKeyBytes);
    });
    fc.assert(property, runs);
  });

  it("passes through an S3 event unchanged", () => {
    const property = fc.property(upload, (key) => {
      const [object] = requestedUploads(eventBody({ key: uploadKey(key) }));
      expect(object?.key).to.equal(uploadKey(key));
    });
    fc.assert(property, runs);
  });

  it("has outputs whose URLs lead to their paths and nowhere else", () => {
    const property = fc.property(upload, variant, (key, name) => {
      const path = outputPath(key, name, webp);
      const { origin, pathname, search, hash } = new URL(outputUrl("https://cdn.example", path));
      expect([origin, decodeURIComponent(pathname), search, hash]).to.deep.equal([
        "https://cdn.example",
        `/${path}`,
        "",
        "",
      ]);
    });
    fc.assert(property, runs);
  });

  it("is refused unless it has the shape of an upload's key", () => {
    const property = fc.property(fc.string({ unit: "binary" }), (text) => {
      const parsed = parseUploadKey(text);
      expect(parsed === undefined || uploadKey(parsed) === text).to.equal(true);
    });
    fc.assert(property, runs);
  });
});

describe("any content type", () => {
  it("becomes a bare type in lower case, which then stays unchanged, or is refused", () => {
    const text = fc.oneof(
      fc.string(),
      fc.tuple(fc.string(), fc.string()).map(([type, subtype]) => `${type}/${subtype}`),
      fc.constantFrom("image/png; charset=x", " IMAGE/JPG ", "image/*", "image/png\r\nx: y", "a/b/c"),
    );
    const property = fc.property(text, (given) => {
      const parsed = parseContentType(given);
      if (parsed === undefined) return;
      expect(parsed).to.match(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/);
      expect(parseContentType(parsed)).to.equal(parsed);
    });
    fc.assert(property, runs);
  });
});
