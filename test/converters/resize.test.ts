import { expect } from "chai";
import sharp from "sharp";
import { photograph, pixelAt, smallPhotograph, solid } from "./pictures.ts";
import { resizeOne } from "./resizing.ts";
import { ssim } from "./similarity.ts";

describe("resize", () => {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`turns a photograph with orientation ${orientation} upright and removes the tag`, async () => {
      const { body, width, height } = await resizeOne("a.jpg", await photograph(orientation), { width: 300 });
      expect({ width, height }).to.deep.equal({ width: 300, height: 200 });
      expect(await sharp(body).metadata())
        .to.include({ width: 300, height: 200 })
        .and.not.to.have.property("orientation");
      // The blur hides the digit in the picture, which differs between the eight files.
      const expected = await sharp(await photograph(1))
        .resize(300)
        .blur(6)
        .png()
        .toBuffer();
      expect(await ssim(await sharp(body).blur(6).png().toBuffer(), expected)).to.be.above(0.95);
    });
  }

  it("writes each format, and reports its type and dimensions", async () => {
    const contents = await (await smallPhotograph()).jpeg().toBuffer();
    for (const [format, written] of [
      ["jpeg", "jpeg"],
      ["png", "png"],
      ["webp", "webp"],
      ["avif", "heif"],
    ] as const) {
      const { body, type, width, height } = await resizeOne("a.jpg", contents, { width: 120, format });
      expect(await sharp(body).metadata()).to.include({ format: written, width, height });
      expect(type.contentType).to.equal(`image/${format}`);
    }
  });

  it("keeps the format of the source by default, but makes a JPEG of a TIFF", async () => {
    const photo = await smallPhotograph();
    const kept = await resizeOne("a.webp", await photo.clone().webp().toBuffer(), { width: 120 });
    expect(kept.type.contentType).to.equal("image/webp");
    const tiff = await resizeOne("a.tif", await photo.tiff().toBuffer(), { width: 120 });
    expect(tiff.type.contentType).to.equal("image/jpeg");
    expect((await sharp(tiff.body).metadata()).format).to.equal("jpeg");
  });

  it("makes smaller files at lower quality", async () => {
    const contents = await photograph();
    const [rough, fine] = await Promise.all(
      [30, 95].map((quality) => resizeOne("a.jpg", contents, { width: 300, quality })),
    );
    expect(rough?.body.length).to.be.below((fine?.body.length ?? 0) / 2);
  });

  it("makes the exact size for each fit", async () => {
    const contents = await photograph();
    const box = { width: 301, height: 211 };
    const expected = { inside: { width: 301, height: 201 }, cover: box, contain: box, fill: box };
    for (const [fit, size] of Object.entries(expected)) {
      const { body } = await resizeOne("a.jpg", contents, { ...box, fit: fit as "cover", format: "png" });
      expect(await sharp(body).metadata(), fit).to.include(size);
      const direct = await sharp(contents)
        .resize({ ...box, fit: fit as "cover", background: "#ffffff" })
        .png();
      expect(await ssim(body, await direct.toBuffer()), fit).to.be.above(0.98);
    }
  });

  it("enlarges only with the option", async () => {
    const contents = await solid().png().toBuffer();
    expect(await resizeOne("a.png", contents, { width: 640 })).to.include({ width: 64, height: 48 });
    expect(await resizeOne("a.png", contents, { width: 640, enlarge: true })).to.include({ width: 640 });
  });

  it("uses the background for transparency and padding in a JPEG", async () => {
    const contents = await solid({ colour: "#ff000000" }).png().toBuffer();
    const square = { width: 64, height: 64, fit: "contain", format: "jpeg" } as const;
    const { body } = await resizeOne("a.png", contents, { ...square, background: "#0000ff00" });
    for (const top of [2, 32, 62]) {
      const [red, green, blue] = await pixelAt(body, 32, top);
      expect([red, green, blue]).to.satisfy(
        ([r, g, b]: number[]) => Number(r) < 4 && Number(g) < 4 && Number(b) > 250,
      );
    }
  });

  it("keeps transparency, and uses it for padding, in a format with alpha", async () => {
    const contents = await solid({ colour: "#ff000080" }).png().toBuffer();
    const square = { width: 64, height: 64, fit: "contain", background: "#00ff0040" } as const;
    const { body } = await resizeOne("a.png", contents, square);
    expect(await pixelAt(body, 32, 32)).to.deep.equal([255, 0, 0, 128]);
    expect(await pixelAt(body, 32, 2)).to.deep.equal([0, 255, 0, 64]);
  });

  it("strips metadata", async () => {
    const contents = await sharp(await photograph())
      .withExif({ IFD0: { Copyright: "Somebody" }, IFD3: { GPSLatitude: "51/1 30/1 0/1" } })
      .withXmp("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
      .jpeg()
      .toBuffer();
    const { body } = await resizeOne("a.jpg", contents, { width: 300 });
    expect(await sharp(body).metadata()).to.not.have.any.keys("exif", "xmp", "icc", "iptc");
  });

  it("converts other colour profiles to sRGB, at 8 and 16 bits", async () => {
    for (const depth of ["srgb", "rgb16"] as const) {
      const contents = await solid({ colour: "#e03020" })
        .toColourspace(depth)
        .withIccProfile("p3")
        .png()
        .toBuffer();
      expect((await sharp(contents).metadata()).hasProfile).to.equal(true);
      const { body } = await resizeOne("a.png", contents, { width: 32 });
      const pixel = await pixelAt(body, 16, 12);
      for (const [channel, expected] of [224, 48, 32].entries()) {
        expect(pixel[channel], `${depth}, channel ${channel}`).to.be.closeTo(expected, 3);
      }
    }
  });

  it("converts a CMYK JPEG", async () => {
    const contents = await (await smallPhotograph()).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(contents).metadata()).space).to.equal("cmyk");
    const { body } = await resizeOne("a.jpg", contents, { width: 240 });
    expect((await sharp(body).metadata()).space).to.equal("srgb");
    const reference = await (await smallPhotograph()).png().toBuffer();
    expect(await ssim(body, reference)).to.be.above(0.85);
  });
});
