/** Jimp, JavaScript alone. */
import { writeFile } from "node:fs/promises";
import { Jimp } from "jimp";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly path: string;
  readonly size?: number;
  readonly quality: number;
  readonly out?: string;
}

const prepare: PrepareCase<Arguments> = async ({ path, size, quality, out }) => ({
  async run() {
    const image = await Jimp.read(path);
    if (size) image.scaleToFit({ w: size, h: size });
    const jpeg = await image.getBuffer("image/jpeg", { quality });
    if (out) await writeFile(out, jpeg);
    return { bytes: jpeg.length };
  },
});

export default prepare;
