import { expect } from "chai";
import sharp from "sharp";
import { convert } from "../../converters/resize.ts";
import { convertAll } from "./convert-all.ts";
import { animation, frameColours, pixelAt } from "./pictures.ts";
import { options, resizeOne } from "./resizing.ts";
import { sourceOf } from "./sources.ts";

describe("resize of an animation", () => {
  for (const [source, format] of [
    ["gif", undefined],
    ["gif", "webp"],
    ["webp", undefined],
  ] as const) {
    it(`keeps the frames and timing of a ${source} in a ${format ?? source} with the option \`animated\``, async () => {
      const { body, width, height, type } = await resizeOne(`a.${source}`, await animation(source), {
        width: 30,
        animated: true,
        format,
      });
      expect({ width, height }).to.deep.equal({ width: 30, height: 20 });
      expect(type.contentType).to.equal(`image/${format ?? source}`);
      const { pages, delay, loop } = await sharp(body, { animated: true }).metadata();
      expect({ pages, delay, loop }).to.deep.equal({ pages: 3, delay: [120, 120, 120], loop: 0 });
      for (const [page, colour] of frameColours.entries()) {
        const frame = await sharp(body, { page }).flatten().removeAlpha().png().toBuffer();
        const channel = (await pixelAt(frame, 15, 10)).findIndex((sample) => sample > 200);
        expect(channel, colour).to.equal(page);
      }
    });
  }

  it("crops and pads each frame", async () => {
    for (const fit of ["cover", "contain"] as const) {
      const size = { width: 30, height: 30, fit, animated: true };
      const { body, height } = await resizeOne("a.gif", await animation("gif"), size);
      expect(height, fit).to.equal(30);
      expect(await sharp(body).metadata(), fit).to.include({ pages: 3, width: 30, height: 30 });
    }
  });

  it("makes a still of the first frame by default", async () => {
    const { body } = await resizeOne("a.gif", await animation("gif"), { width: 30 });
    expect((await sharp(body).metadata()).pages ?? 1).to.equal(1);
    expect((await pixelAt(body, 15, 10)).slice(0, 3)).to.deep.equal([255, 0, 0]);
  });

  it("makes stills and animations of one file, and refuses only an animation over the limit", async () => {
    const contents = await animation("gif", { width: 5000, height: 3400 });
    const { outputs, errors } = await convertAll(convert, sourceOf("a.gif", contents), {
      still: options({ width: 30, format: "png" }),
      moving: options({ width: 30, animated: true }),
    });
    expect([...outputs.keys()]).to.deep.equal(["still"]);
    expect(errors.get("moving")).to.include({ code: "too-many-pixels" });
    expect(errors.get("moving")?.message).to.equal(
      "5000×3400 in 3 frames is 51.0 megapixels; allowed are 50",
    );
  });
});
