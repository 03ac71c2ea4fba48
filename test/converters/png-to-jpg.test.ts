import { expect } from "chai";
import sharp, { type Sharp } from "sharp";
import * as v from "valibot";
import { convert } from "../../converters/png-to-jpg.ts";
import { registry } from "../../converters/registry.ts";
import { convertAll, convertOne, failureOf } from "./convert-all.ts";
import { craftedPng, photograph, pixelAt, smallPhotograph, solid } from "./pictures.ts";
import { ssim } from "./similarity.ts";
import { sourceOf } from "./sources.ts";

const pngToJpg = registry["png-to-jpg"];

function options(configured: v.InferInput<typeof pngToJpg.options> = {}) {
  return v.parse(pngToJpg.options, configured);
}

function toJpeg(contents: Buffer, configured?: Parameters<typeof options>[0]) {
  return convertOne(convert, sourceOf("a.png", contents), options(configured));
}

describe("png-to-jpg", () => {
  const kinds: Record<string, (photo: Sharp) => Sharp> = {
    "8-bit": (photo) => photo.png(),
    interlaced: (photo) => photo.png({ progressive: true }),
    "16-bit": (photo) => photo.toColourspace("rgb16").png(),
    "16-bit with a profile": (photo) => photo.toColourspace("rgb16").withIccProfile("p3").png(),
    palette: (photo) => photo.png({ palette: true, effort: 1 }),
    grey: (photo) => photo.toColourspace("b-w").png(),
    "16-bit grey": (photo) => photo.toColourspace("grey16").png(),
  };
  for (const [kind, encode] of Object.entries(kinds)) {
    it(`makes a JPEG of a ${kind} PNG`, async () => {
      const photo = await smallPhotograph(600);
      const { body, type, width, height } = await toJpeg(await encode(photo.clone()).toBuffer(), {
        quality: 95,
      });
      expect({ type: type.contentType, width, height }).to.deep.equal({
        type: "image/jpeg",
        width: 600,
        height: 400,
      });
      const reference = kind.includes("grey") ? photo.clone().greyscale() : photo.clone();
      const expected = await reference.png().toBuffer();
      expect(await ssim(body, expected)).to.be.above(0.95);
      const [actualMeans, expectedMeans] = await Promise.all(
        [body, expected].map(async (image) => (await sharp(image).toColourspace("srgb").stats()).channels),
      );
      for (const [channel, { mean }] of (actualMeans ?? []).entries()) {
        expect(mean, `channel ${channel}`).to.be.closeTo(expectedMeans?.[channel % 3]?.mean ?? -1, 2);
      }
    });
  }

  for (const [kind, colourspace] of [
    ["RGB", "srgb"],
    ["16-bit RGB", "rgb16"],
    ["grey", "b-w"],
    ["16-bit grey", "grey16"],
  ] as const) {
    it(`puts a transparent ${kind} picture on white, or on the requested background`, async () => {
      const contents = await solid({ colour: "#00000000" }).toColourspace(colourspace).png().toBuffer();
      expect((await sharp(contents).metadata()).hasAlpha).to.equal(true);
      const white = await pixelAt((await toJpeg(contents)).body, 20, 20);
      expect(
        white.every((sample) => sample > 250),
        `${white}`,
      ).to.equal(true);
      const orange = await pixelAt((await toJpeg(contents, { background: "#ff8000" })).body, 20, 20);
      for (const [channel, expected] of [255, 128, 0].entries()) {
        expect(orange[channel]).to.be.closeTo(expected, 3);
      }
    });
  }

  it("blends half-transparent pixels with the background", async () => {
    const contents = await solid({ colour: "#00000080" }).png().toBuffer();
    for (const sample of await pixelAt((await toJpeg(contents)).body, 20, 20)) {
      expect(sample).to.be.closeTo(127, 3);
    }
  });

  it("makes several qualities of one file with the same bytes as one at a time", async () => {
    const contents = await (await smallPhotograph()).png().toBuffer();
    const source = sourceOf("a.png", contents);
    const { outputs } = await convertAll(convert, source, {
      fine: options({ quality: 95 }),
      rough: options({ quality: 30 }),
      small: options({ quality: 30, mozjpeg: true }),
    });
    expect([...outputs.keys()]).to.deep.equal(["fine", "rough", "small"]);
    const [fine = 0, rough = 0, small = 0] = [...outputs.values()].map(({ body }) => (body as Buffer).length);
    expect(rough).to.be.below(fine / 2);
    expect(small).to.be.below(rough);
    expect(outputs.get("rough")?.body).to.deep.equal((await toJpeg(contents, { quality: 30 })).body);
  });

  it("strips metadata and applies the orientation", async () => {
    const contents = await sharp(await photograph(6))
      .keepMetadata()
      .png({ compressionLevel: 1 })
      .toBuffer();
    expect((await sharp(contents).metadata()).orientation).to.equal(6);
    const { body, width, height } = await toJpeg(contents);
    expect({ width, height }).to.deep.equal({ width: 1800, height: 1200 });
    expect(await sharp(body).metadata()).to.not.have.any.keys("exif", "orientation", "icc");
  });

  it("refuses a file that is not a valid PNG, with the code of the reason", async () => {
    const photo = await smallPhotograph();
    const whole = await photo.clone().png().toBuffer();
    const interlaced = await photo.clone().png({ progressive: true }).toBuffer();
    for (const [code, contents] of [
      ["empty-file", Buffer.alloc(0)],
      ["unsupported-format", Buffer.from("no picture at all")],
      ["type-mismatch", await photograph()],
      ["corrupt-input", whole.subarray(0, whole.length / 2)],
      ["corrupt-input", interlaced.subarray(0, interlaced.length / 2)],
      ["corrupt-input", Buffer.from(whole).fill(0xa5, 40_000, 50_000)],
      ["too-many-pixels", await craftedPng({ width: 10_001, height: 5_000 })],
    ] as const) {
      expect(await failureOf(() => toJpeg(contents))).to.have.property("code", code);
    }
  });

  it("rethrows an error that the input did not cause", async () => {
    const source = sourceOf("a.png", await solid().png().toBuffer());
    const refused = new Error("connect ECONNREFUSED");
    const unreachable = { ...source, file: () => Promise.reject(refused) };
    expect(await failureOf(() => convertOne(convert, unreachable, options()))).to.equal(refused);
  });
});
