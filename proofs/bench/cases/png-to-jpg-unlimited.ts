/**
 * The conversion of png-to-jpg without its limit of 50 megapixels, to show that its memory does not grow with the
 * picture.
 */

import sharp from "sharp";
import { jpeg, png } from "../../../contract/media-types.ts";
import { toOutput } from "../../../converters/encode.ts";
import { encodeJpg } from "../../../converters/png-to-jpg.ts";
import type { PrepareCase } from "../measure/case.ts";

const prepare: PrepareCase<{ readonly path: string; readonly quality: number }> = async ({
  path,
  quality,
}) => ({
  async run() {
    const picture = sharp(path, { limitInputPixels: false, failOn: "error", autoOrient: true });
    await toOutput(png, jpeg, encodeJpg(picture, { quality, mozjpeg: false }));
    return undefined;
  },
});

export default prepare;
