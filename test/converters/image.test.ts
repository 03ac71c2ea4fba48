import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import sharp from "sharp";
import { ConversionError } from "../../converters/errors.ts";
import { openPicture } from "../../converters/image.ts";
import { failureOf } from "./convert-all.ts";
import { animation, craftedPng, photograph, smallPhotograph, solid, withJpegSize } from "./pictures.ts";
import { sourceOf } from "./sources.ts";

const maxHeldBytes = 256 * 1024 * 1024;
const execFileAsync = promisify(execFile);

async function refusal(filename: string, contents: Buffer | string): Promise<ConversionError> {
  const failure = await failureOf(() => openPicture(sourceOf(filename, contents), maxHeldBytes));
  expect(failure).to.be.instanceOf(ConversionError);
  return failure as ConversionError;
}

describe("openPicture", () => {
  it("reads every accepted format", async () => {
    const photo = await smallPhotograph();
    const files = {
      "a.jpg": await photo.clone().jpeg().toBuffer(),
      "a.png": await photo.clone().png().toBuffer(),
      "a.webp": await photo.clone().webp().toBuffer(),
      "a.avif": await photo.clone().avif({ effort: 0 }).toBuffer(),
      "a.gif": await photo.clone().gif().toBuffer(),
      "a.tif": await photo.clone().tiff().toBuffer(),
    };
    for (const [filename, contents] of Object.entries(files)) {
      const picture = await openPicture(sourceOf(filename, contents), maxHeldBytes);
      expect(picture.size, filename).to.deep.equal({ width: 240, height: 160 });
      expect(picture.frames, filename).to.equal(1);
    }
  });

  it("returns the size of the upright picture", async () => {
    const picture = await openPicture(sourceOf("phone.jpg", await photograph(6)), maxHeldBytes);
    expect(picture.size).to.deep.equal({ width: 1800, height: 1200 });
  });

  it("counts the frames of an animation", async () => {
    const picture = await openPicture(sourceOf("a.gif", await animation("gif")), maxHeldBytes);
    expect(picture).to.deep.include({ frames: 3, size: { width: 60, height: 40 } });
  });

  it("reports which pictures may be transparent", async () => {
    const clear = solid({ colour: "#ff000080" });
    const files = {
      "opaque.jpg": await photograph(),
      "opaque.png": await solid().png().toBuffer(),
      "clear.png": await clear.clone().png().toBuffer(),
      "clear-palette.png": await clear.clone().png({ palette: true }).toBuffer(),
      "animation.gif": await animation("gif"),
    };
    const found: string[] = [];
    for (const [name, contents] of Object.entries(files)) {
      if ((await openPicture(sourceOf(name, contents), maxHeldBytes)).hasAlpha) found.push(name);
    }
    expect(found).to.deep.equal(["clear.png", "clear-palette.png", "animation.gif"]);
  });

  it("disables the loaders of sharp for formats that are not accepted", async () => {
    const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`);
    expect(await failureOf(() => sharp(svg).metadata()))
      .to.have.property("message")
      .that.contains("unsupported image format");
  });

  it("refuses an empty file", async () => {
    expect(await refusal("a.png", "")).to.have.property("code", "empty-file");
  });

  for (const [what, contents] of [
    ["an SVG", `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`],
    ["text", "This is not a picture. Ünïcödé 日本語 ".repeat(20)],
    ["XML or HTML", "<!DOCTYPE html><title>404</title>"],
    ["a PDF", "%PDF-1.7\n%âãÏÓ"],
    ["unknown bytes 0001020304", Buffer.from([0, 1, 2, 3, 4, 0xff])],
    [`an ISO media file of brand "heic"`, Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1")],
  ] as const) {
    it(`refuses ${what} with the name .png, and names its type and the allowed types`, async () => {
      const { code, message } = await refusal("a.png", contents);
      expect(code).to.equal("unsupported-format");
      expect(message).to.contain(what).and.contain("allowed are JPEG, PNG, WebP, AVIF, GIF and TIFF");
    });
  }

  it("refuses a picture whose type differs from the declared one, and names both types", async () => {
    const { code, message } = await refusal("a.png", await photograph());
    expect(code).to.equal("type-mismatch");
    expect(message).to.contain("declared image/png, found image/jpeg");
  });

  it("refuses a file that ends after its signature", async () => {
    for (const [filename, contents] of [
      ["a.jpg", (await photograph()).subarray(0, 20)],
      ["a.png", (await solid().png().toBuffer()).subarray(0, 20)],
      ["a.webp", (await solid().webp().toBuffer()).subarray(0, 16)],
      ["a.gif", (await solid().gif().toBuffer()).subarray(0, 8)],
      ["a.tif", (await solid().tiff().toBuffer()).subarray(0, 40)],
    ] as const) {
      expect(await refusal(filename, contents), filename).to.have.property("code", "corrupt-input");
    }
  });

  it("refuses an interlaced PNG of 16383² pixels after reading its header only", async () => {
    const bomb = await craftedPng({ width: 16_383, height: 16_383, colourType: 0, interlaced: true }, 268e6);
    const path = await sourceOf("bomb.png", bomb).file();
    const child = join(import.meta.dirname, "open-picture.child.ts");
    const { stdout } = await execFileAsync(process.execPath, [child, path]);
    const { code, message, peakMegabytes } = JSON.parse(stdout);
    expect(code).to.equal("too-many-pixels");
    expect(message).to.equal("16383×16383 is 268.4 megapixels; allowed are 50");
    expect(peakMegabytes).to.be.below(200);
  });

  it("refuses a side over 65,535 pixels, even with few pixels in total", async () => {
    const { code, message } = await refusal("a.png", await craftedPng({ width: 5_000_000, height: 10 }));
    expect(code).to.equal("too-many-pixels");
    expect(message).to.equal("5000000×10 has a side over the allowed 65535 pixels");
    const allowed = sourceOf("a.png", await craftedPng({ width: 1, height: 65_535 }));
    expect((await openPicture(allowed, maxHeldBytes)).size.height).to.equal(65_535);
  });

  it("allows an interlaced PNG, which is decoded as a whole, fewer pixels than a plain one", async () => {
    const header = { width: 7000, height: 7000, bitDepth: 16, colourType: 6 };
    const { code, message } = await refusal("a.png", await craftedPng({ ...header, interlaced: true }));
    expect(code).to.equal("too-many-pixels");
    expect(message).to.match(/7000×7000 is 49.0 megapixels; allowed are 33.6 for interlaced/);
    const plain = await openPicture(sourceOf("a.png", await craftedPng(header)), maxHeldBytes);
    expect(plain.size.width).to.equal(7000);
  });

  it("allows a progressive JPEG, which is decoded as a whole, fewer pixels than a baseline one", async () => {
    const encode = (progressive: boolean) =>
      solid().jpeg({ chromaSubsampling: "4:4:4", progressive }).toBuffer();
    const { code, message } = await refusal("a.jpg", withJpegSize(await encode(true), 6900, 6900));
    expect(code).to.equal("too-many-pixels");
    expect(message).to.match(/6900×6900 is 47.6 megapixels; allowed are 44.7 for interlaced or progressive/);
    const baseline = sourceOf("a.jpg", withJpegSize(await encode(false), 6900, 6900));
    expect((await openPicture(baseline, maxHeldBytes)).size.width).to.equal(6900);
  });
});
