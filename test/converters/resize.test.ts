import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect } from "chai";
import sharp from "sharp";
import { convert } from "../../converters/resize.ts";
import { original } from "../../corpus/mutated-files.ts";
import { convertAll, failureOf } from "./convert-all.ts";
import { animation, photograph, pixelAt, smallPhotograph, solid } from "./pictures.ts";
import { type Configured, options, resizeOne } from "./resizing.ts";
import { ssim } from "./similarity.ts";
import { sourceOf } from "./sources.ts";

/** The tag of a TIFF that says it is an unsigned short. */
const resolutionUnit = Buffer.from([0x28, 0x01, 0x03, 0x00]);

/** The file with other bytes at `at`. */
function withBytes(file: Buffer, at: number, bytes: Buffer): Buffer {
  const changed = Buffer.from(file);
  bytes.copy(changed, at);
  return changed;
}

describe("resize", () => {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`turns a photograph of orientation ${orientation} upright and drops the tag`, async () => {
      const { body, width, height } = await resizeOne("a.jpg", await photograph(orientation), { width: 300 });
      expect({ width, height }).to.deep.equal({ width: 300, height: 200 });
      expect(await sharp(body).metadata())
        .to.include({ width: 300, height: 200 })
        .and.not.to.have.property("orientation");
      // The eight files differ in the digit painted on them, hence the blur.
      const expected = await sharp(await photograph(1))
        .resize(300)
        .blur(6)
        .png()
        .toBuffer();
      expect(await ssim(await sharp(body).blur(6).png().toBuffer(), expected)).to.be.above(0.95);
    });
  }

  it("writes each format, reporting its true type and dimensions", async () => {
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

  it("keeps the source's format when none is asked for, and makes a TIFF a JPEG", async () => {
    const photo = await smallPhotograph();
    const kept = await resizeOne("a.webp", await photo.clone().webp().toBuffer(), { width: 120 });
    expect(kept.type.contentType).to.equal("image/webp");
    const tiff = await resizeOne("a.tif", await photo.tiff().toBuffer(), { width: 120 });
    expect(tiff.type.contentType).to.equal("image/jpeg");
    expect((await sharp(tiff.body).metadata()).format).to.equal("jpeg");
  });

  it("takes quality into account", async () => {
    const contents = await photograph();
    const [rough, fine] = await Promise.all(
      [30, 95].map((quality) => resizeOne("a.jpg", contents, { width: 300, quality })),
    );
    expect(rough?.body.length).to.be.below((fine?.body.length ?? 0) / 2);
  });

  it("fits, covers, contains and fills exactly", async () => {
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

  it("does not enlarge unless told to", async () => {
    const contents = await solid().png().toBuffer();
    expect(await resizeOne("a.png", contents, { width: 640 })).to.include({ width: 64, height: 48 });
    expect(await resizeOne("a.png", contents, { width: 640, enlarge: true })).to.include({ width: 640 });
  });

  it("lays transparency and padding on the background where the output is a JPEG", async () => {
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

  it("keeps transparency, and pads with it, where the output has alpha", async () => {
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

  it("takes an odd colour profile or stray bytes in a good photograph", async () => {
    const photo = await photograph();
    const end = photo.lastIndexOf(Buffer.from([0xff, 0xd9]));
    const stray = Buffer.concat([photo.subarray(0, end), Buffer.alloc(20, 7), photo.subarray(end)]);
    expect(await resizeOne("a.jpg", stray, { width: 300 })).to.include({ width: 300, height: 200 });
    const profiled = await sharp(photo).withIccProfile("srgb").jpeg().toBuffer();
    profiled.fill(0xaa, profiled.indexOf("acsp") + 4, profiled.indexOf("acsp") + 200);
    expect(await resizeOne("a.jpg", profiled, { width: 300 })).to.include({ width: 300, height: 200 });
  });

  it("refuses what a decoder would have filled up with grey or black", async () => {
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

  it("refuses a TIFF that leads out of its file, and a fax with lines of another length", async () => {
    const black = (await smallPhotograph(600)).threshold().toColourspace("b-w");
    const fax = await black.tiff({ compression: "ccittfax4", bitdepth: 1 }).toBuffer();
    // The resolution lies at the end of the short one.
    const short = await original("bilevel.tif");
    for (const contents of [withBytes(fax, 1000, Buffer.alloc(3, 0x5a)), short.subarray(0, -16)]) {
      const failure = await failureOf(() => resizeOne("a.tif", contents, { width: 90 }));
      expect(failure).to.have.property("code", "corrupt-input");
      expect(failure).to.have.property("message").that.does.not.contain(tmpdir());
    }
  });

  it("takes a TIFF with tags nobody knows", async () => {
    const tiff = await (await smallPhotograph()).tiff().toBuffer();
    const tag = tiff.indexOf(resolutionUnit);
    expect(tag).to.be.above(0);
    // Text instead of a number.
    const odd = withBytes(tiff, tag + 2, Buffer.from([0x02]));
    expect(await resizeOne("a.tif", odd, { width: 90 })).to.include({ width: 90, height: 60 });
  });

  describe("of several variants", () => {
    const sizes: Record<string, Configured> = {
      large: { width: 900, format: "png" },
      near: { width: 800, format: "png" },
      small: { width: 150, format: "png" },
      cover: { width: 200, height: 300, fit: "cover", format: "png" },
      contain: { width: 200, height: 300, fit: "contain", background: "#11223344", format: "png" },
      fill: { width: 400, height: 100, fit: "fill", format: "png" },
    };

    it("makes each as it would alone", async () => {
      for (const [filename, contents] of [
        ["a.jpg", await photograph(6)],
        [
          "a.png",
          await sharp(await photograph())
            .composite([
              {
                input: Buffer.from([255, 255, 255, 90]),
                raw: { width: 1, height: 1, channels: 4 },
                tile: true,
                blend: "dest-in",
              },
            ])
            .png({ compressionLevel: 1 })
            .toBuffer(),
        ],
      ] as const) {
        const source = sourceOf(filename, contents);
        const parsed = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, options(size)]));
        const { outputs } = await convertAll(convert, source, parsed);
        expect([...outputs.keys()]).to.have.members(Object.keys(sizes));
        for (const [name, { body, width, height }] of outputs) {
          const alone = await resizeOne(filename, contents, sizes[name] ?? {});
          expect({ width, height }, name).to.deep.equal({ width: alone.width, height: alone.height });
          expect(await ssim(body as Buffer, alone.body), `${filename} ${name}`).to.be.above(0.98);
        }
      }
    });

    it("gives what is made late the bytes of what is made at once", async () => {
      const sizes = [
        { name: "large", options: options({ width: 300 }) },
        { name: "middle", options: options({ width: 140 }) },
        { name: "small", options: options({ width: 60 }) },
      ];
      const source = sourceOf("a.jpg", await photograph());
      const bytesOf = async (isWanted?: (name: string) => boolean) => {
        const made = new Map<string, unknown>();
        for await (const conversion of convert(source, sizes, isWanted)) {
          made.set(conversion.variant, "output" in conversion && conversion.output.body);
        }
        return made;
      };
      const whole = await bytesOf();
      for (const late of ["large", "middle", "small"]) {
        const made = await bytesOf((name) => name === late);
        expect([...made.keys()]).to.deep.equal([late]);
        expect(made.get(late), late).to.deep.equal(whole.get(late));
      }
    });

    it("decodes once: the file may go when the first is out", async () => {
      const source = sourceOf("a.jpg", await photograph());
      const made: string[] = [];
      for await (const { variant } of convert(source, [
        { name: "large", options: options({ width: 300 }) },
        { name: "small", options: options({ width: 200 }) },
      ])) {
        made.push(variant);
        await rm(await source.file(), { force: true });
      }
      expect(made).to.deep.equal(["large", "small"]);
    });

    it("reports one that is too large and makes the others", async () => {
      const source = sourceOf("a.png", await solid().png().toBuffer());
      const { outputs, errors } = await convertAll(convert, source, {
        wall: options({ width: 16_000, height: 16_000, fit: "fill", enlarge: true }),
        film: options({ width: 5000, enlarge: true, format: "avif" }),
        good: options({ width: 32 }),
      });
      expect([...outputs.keys()]).to.deep.equal(["good"]);
      expect(errors.get("wall")).to.have.property("code", "too-large");
      expect(errors.get("film")).to.have.property("code", "too-large");
    });
  });

  it("refuses files cut short, whether for one variant or several", async () => {
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
