import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { jpeg } from "../../contract/media-types.ts";
import { fromPixels } from "../../converters/image.ts";
import { Levels } from "../../converters/levels.ts";
import { failureOf } from "./convert-all.ts";
import { ssim } from "./similarity.ts";

describe("Levels", () => {
  const photo = join(import.meta.dirname, "..", "..", "samples", "lighthouse-phone.jpg");
  const sizeOf = (width: number) => ({ width, height: Math.round((width * 4) / 3) });
  const sizes = [900, 450, 225, 100].map(sizeOf);

  async function levels() {
    const { data, info } = await sharp(await readFile(photo), { autoOrient: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { levels: new Levels(jpeg, { ...info, data }), whole: fromPixels({ ...info, data }) };
  }

  it("makes pictures that look like resizes of the whole picture", async () => {
    const { levels: made, whole } = await levels();
    for (const [index, { width, height }] of sizes.entries()) {
      const picture = await made.pictureFor({ width, height }, sizes.slice(index + 1));
      const cascaded = await picture.resize(width, height, { fit: "fill" }).png().toBuffer();
      const direct = await whole.clone().resize(width, height, { fit: "fill" }).png().toBuffer();
      expect(await ssim(cascaded, direct), `${width}`).to.be.above(0.98);
    }
  });

  it("makes a picture from the smallest one that is at least twice its size", async () => {
    const { levels: made } = await levels();
    const widths: number[] = [];
    for (const [index, size] of [...sizes, sizeOf(90)].entries()) {
      const picture = await made.pictureFor(size, [...sizes, sizeOf(90)].slice(index + 1));
      widths.push((await picture.metadata()).width);
    }
    // 100 is less than twice 90, so both are made from 225, which is kept for them.
    expect(widths).to.deep.equal([900, 450, 225, 225, 225]);
  });

  it("frees the pixels of every picture when it is released", async () => {
    const { data, info } = await sharp(photo).raw().toBuffer({ resolveWithObject: true });
    const made = new Levels(jpeg, { ...info, data });
    made.release();
    expect(data.length).to.equal(0);
    expect(await failureOf(() => made.pictureFor(sizeOf(100), []))).to.be.an("error");
  });
});
