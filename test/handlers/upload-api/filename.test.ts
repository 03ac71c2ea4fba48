import { expect } from "chai";
import { parseUploadKey, uploadKey } from "../../../contract/keys.ts";
import { mediaTypes } from "../../../contract/media-types.ts";
import { maxFilenameBytes } from "../../../contract/safe-name.ts";
import { sourceType } from "../../../contract/source-type.ts";
import { storedFilename } from "../../../handlers/upload-api/filename.ts";
import { uploadId } from "../support/pipeline.ts";

type Row = readonly [what: string, filename: string, contentType: string, stored: string];

function table(rows: readonly Row[]): void {
  for (const [what, filename, contentType, stored] of rows) {
    it(what, () => {
      expect(storedFilename(filename, contentType)).to.equal(stored);
    });
  }
}

describe("stored filename", () => {
  describe("extension", () => {
    table([
      ["stays when it is the canonical one", "photo.jpg", "image/jpeg", "photo.jpg"],
      ["becomes the canonical one of its type", "photo.JPEG", "image/jpeg", "photo.jpg"],
      ["of tiff becomes tif", "scan.Tiff", "image/tiff", "scan.tif"],
      ["is added to a name without one", "photo", "image/png", "photo.png"],
      ["is added to a name that ends otherwise", "photo.png", "image/jpeg", "photo.png.jpg"],
      ["is added where a dot is part of the name", "v1.2 final", "image/png", "v1.2 final.png"],
      ["keeps another spelling of an unrouted type, in lower case", "NOTES.LOG", "text/plain", "NOTES.log"],
      ["of an image is not kept for text", "x.png", "text/plain", "x.png.txt"],
      ["of a known type is not kept for unknown bytes", "x.png", "application/octet-stream", "x.png.bin"],
      ["of a known type is not kept for an unknown type", "x.png", "application/x-own", "x.png.bin"],
      ["of its own stays for an unknown type", "x.Own", "application/x-own", "x.own"],
      ["of unknown bytes stays", "setup.exe", "application/octet-stream", "setup.exe"],
      ["is bin when nothing else is known", "x", "application/x-own", "x.bin"],
      ["is bin when the name ends in a sentence", "Fig. 1 and 2", "application/x-own", "Fig. 1 and 2.bin"],
      ["is only the last of several", "backup.tar.GZ", "application/gzip", "backup.tar.gz"],
    ]);

    for (const { contentType, extension } of mediaTypes) {
      it(`of ${contentType} is ${extension} for every name`, () => {
        for (const name of ["a", "a.PNG", "a.txt", "a.zip", "a.jpeg", ".avif", "a."]) {
          expect(storedFilename(name, contentType).endsWith(extension)).to.equal(true);
        }
      });
    }

    it("never routes an upload to the converters of another type", () => {
      for (const contentType of [
        "text/plain",
        "application/octet-stream",
        "application/x-own",
        "image/svg+xml",
      ]) {
        for (const { extension } of mediaTypes) {
          const stored = storedFilename(`a${extension}`, contentType);
          expect(mediaTypes).not.to.include(sourceType(stored));
        }
      }
    });
  });

  describe("safety", () => {
    const png = "image/png";
    table([
      ["keeps letters of any script, spaces and signs", "café 東京 🌸+1%.png", png, "café 東京 🌸+1%.png"],
      ["composes to NFC", "cafe\u0301.png", png, "caf\u00e9.png"],
      ["drops the path of a Unix client", "../../etc/passwd", png, "passwd.png"],
      ["drops the path of a Windows client", "C:\\photos\\a.png", png, "a.png"],
      ["drops a trailing separator", "photos/", png, "photos.png"],
      ["removes control characters", "a\u0000b\r\nc\u007f\u0085.png", png, "abc.png"],
      ["removes bidirectional controls", "photo\u202egnp.png", png, "photognp.png"],
      ["removes isolates and marks", "\u2067a\u2069\u200f.png", png, "a.png"],
      ["removes what XML cannot carry", "a\uffff\ufffe.png", png, "a.png"],
      ["replaces lone surrogates", "a\ud800.png", png, "a\ufffd.png"],
      ["turns line separators into spaces", "a\u2028b\u2029c.png", png, "a b c.png"],
      ["replaces what Windows refuses", 'a<b>:"|?*.png', png, "a_b______.png"],
      ["strips leading dots", "...hidden.png", png, "hidden.png"],
      ["strips trailing dots and spaces", "photo. . .png", png, "photo.png"],
      ["strips spaces around the name", "  a.png  ", png, "a.png"],
      ["defuses a Windows device", "CON.png", png, "_CON.png"],
      ["defuses a Windows device with more after it", "lpt1.old.png", png, "_lpt1.old.png"],
      ["defuses a Windows device with a space behind it", "con .png", png, "_con.png"],
      ["defuses a Windows device that the cut leaves", `nul${" ".repeat(300)}x.png`, png, "_nul.png"],
      ["composes what invisible characters kept apart", "e\u202e\u0301.png", png, "\u00e9.png"],
      ["leaves names that only begin like a device", "console.png", png, "console.png"],
      ["falls back to file", "", png, "file.png"],
      ["falls back to file when only dots are left", "..", png, "file.png"],
      ["falls back to file when nothing visible is left", "\u202e\u0000 ", png, "file.png"],
    ]);

    it("cuts the stem so that the name fits, never within a character", () => {
      const stored = storedFilename(`${"🌸".repeat(100)}.png`, png);
      expect(stored).to.equal(`${"🌸".repeat(49)}.png`);
      expect(Buffer.byteLength(stored)).to.equal(maxFilenameBytes);
    });

    it("strips separators that the cut leaves at the end", () => {
      const stored = storedFilename(`${"a".repeat(195)} bcd.png`, png);
      expect(stored).to.equal(`${"a".repeat(195)}.png`);
    });

    it("makes every name a segment of a key, and leaves such a segment unchanged", () => {
      for (const name of ["a/b", "..", "\ud800", "a\u0000", "é".repeat(1024), ".", "a.b.", "%2e%2e%2f"]) {
        const filename = storedFilename(name, png);
        expect(parseUploadKey(uploadKey({ uploadId, filename }))).to.deep.equal({ uploadId, filename });
        expect(storedFilename(filename, png)).to.equal(filename);
        expect(Buffer.byteLength(filename)).to.be.at.most(maxFilenameBytes);
      }
    });
  });
});
