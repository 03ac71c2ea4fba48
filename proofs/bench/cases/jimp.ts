/** Jimp, which is pure JavaScript. */
import { writeFile } from "node:fs/promises";
import { Jimp } from "jimp";
import type { JpegTask } from "../image-contenders.ts";
import type { PrepareCase } from "../measure/case.ts";

const prepare: PrepareCase<JpegTask> = async ({ path, size, quality, out }) => ({
  async run() {
    const image = await Jimp.read(path);
    if (size) image.scaleToFit({ w: size, h: size });
    const jpeg = await image.getBuffer("image/jpeg", { quality });
    if (out) await writeFile(out, jpeg);
    return { bytes: jpeg.length };
  },
});

export default prepare;
