import { tmpdir } from "node:os";
import { expect } from "chai";
import sharp from "sharp";
import { convert } from "../../converters/resize.ts";
import { original } from "../../proofs/corpus/mutated-files.ts";
import { convertAll, failureOf } from "./convert-all.ts";
import { animation, photograph, smallPhotograph } from "./pictures.ts";
import { options, resizeOne } from "./resizing.ts";
import { sourceOf } from "./sources.ts";

/** A TIFF tag whose type is an unsigned short. */
const resolutionUnit = Buffer.from([0x28, 0x01, 0x03, 0x00]);

/** Returns the file with other bytes at `at`. */
function withBytes(file: Buffer, at: number, bytes: Buffer): Buffer {
  const changed = Buffer.from(file);
  bytes.copy(changed, at);
  return changed;
}

describe("resize of a damaged file", () => {
  it("accepts a good photograph with a wrong colour profile or stray bytes", async () => {
    const photo = await photograph();
    const end = photo.lastIndexOf(Buffer.from([0xff, 0xd9]));
    const stray = Buffer.concat([photo.subarray(0, end), Buffer.alloc(20, 7), photo.subarray(end)]);
    expect(await resizeOne("a.jpg", stray, { width: 300 })).to.include({ width: 300, height: 200 });
    const profiled = await sharp(photo).withIccProfile("srgb").jpeg().toBuffer();
    profiled.fill(0xaa, profiled.indexOf("acsp") + 4, profiled.indexOf("acsp") + 200);
    expect(await resizeOne("a.jpg", profiled, { width: 300 })).to.include({ width: 300, height: 200 });
  });

  it("refuses a file whose missing parts a decoder would fill with grey or black", async () => {
    const photo = await smallPhotograph(600);
    const jpeg = await photo.clone().jpeg().toBuffer();
    const tiles = { tile: true, tileWidth: 128, tileHeight: 128 };
    const tiff = await photo
      .clone()
      .tiff({ compression: "lzw", ...tiles })
      .toBuffer();
    const gif = await animation("gif");
    const broken = {
      "a.jpg": withBytes(jpeg, jpeg.length >> 1, Buffer.from([0xff, 0xd9, 0, 0, 0, 0, 0, 0])),
      "a.tif": withBytes(tiff, 3000, Buffer.alloc(64, 0xff)),
      "a.gif": withBytes(gif, gif.lastIndexOf(","), Buffer.from("?")),
    };
    for (const [filename, contents] of Object.entries(broken)) {
      const failure = await failureOf(() => resizeOne(filename, contents, { width: 90 }));
      expect(failure, filename).to.have.property("code", "corrupt-input");
    }
  });

  it("does not refuse a good picture that is converted at the same time", async () => {
    const sound = await photograph();
    const damaged = withBytes(sound, sound.length >> 1, Buffer.from([0xff, 0xd9, 0, 0, 0, 0, 0, 0]));
    const codeOf = (contents: Buffer) =>
      resizeOne("a.jpg", contents, { width: 90 }).then(
        () => "ready",
        (error: { code?: string }) => error.code,
      );
    const pairs = Array.from({ length: 30 }, () => Promise.all([codeOf(damaged), codeOf(sound)]));
    for (const pair of await Promise.all(pairs)) expect(pair).to.deep.equal(["corrupt-input", "ready"]);
  });

  it("refuses a TIFF with offsets outside the file, and a fax with lines of another length", async () => {
    const black = (await smallPhotograph(600)).threshold().toColourspace("b-w");
    const fax = await black.tiff({ compression: "ccittfax4", bitdepth: 1 }).toBuffer();
    // The resolution is at the end of the shorter file.
    const short = await original("bilevel.tif");
    for (const contents of [withBytes(fax, 1000, Buffer.alloc(3, 0x5a)), short.subarray(0, -16)]) {
      const failure = await failureOf(() => resizeOne("a.tif", contents, { width: 90 }));
      expect(failure).to.have.property("code", "corrupt-input");
      expect(failure).to.have.property("message").that.does.not.contain(tmpdir());
    }
  });

  it("accepts a TIFF with unknown tags", async () => {
    const tiff = await (await smallPhotograph()).tiff().toBuffer();
    const tag = tiff.indexOf(resolutionUnit);
    expect(tag).to.be.above(0);
    // The value is text instead of a number.
    const odd = withBytes(tiff, tag + 2, Buffer.from([0x02]));
    expect(await resizeOne("a.tif", odd, { width: 90 })).to.include({ width: 90, height: 60 });
  });

  it("refuses truncated files, for one variant and for several", async () => {
    const photo = await smallPhotograph(600);
    const files = {
      "a.jpg": await photo.clone().jpeg().toBuffer(),
      "b.jpg": await photo.clone().jpeg({ progressive: true }).toBuffer(),
      "a.png": await photo.clone().png().toBuffer(),
      "b.png": await photo.clone().png({ progressive: true }).toBuffer(),
      "a.webp": await photo.clone().webp().toBuffer(),
      "a.gif": await photo.clone().gif().toBuffer(),
      "a.tif": await photo.clone().tiff().toBuffer(),
      "a.avif": await photo.clone().avif({ effort: 0 }).toBuffer(),
    };
    for (const [filename, contents] of Object.entries(files)) {
      const source = sourceOf(filename, contents.subarray(0, contents.length / 2));
      for (const widths of [[90], [90, 50]]) {
        const variants = Object.fromEntries(widths.map((width) => [`w${width}`, options({ width })]));
        const failure = await failureOf(() => convertAll(convert, source, variants));
        expect(failure, filename).to.have.property("code", "corrupt-input");
        expect(failure)
          .to.have.property("message")
          .that.matches(/damaged or cut short/)
          .and.not.contains(tmpdir());
      }
    }
  });
});
