/** Compresses pictures from pixels in memory: the part of the cost of several sizes that no sharing saves. */
import sharp from "sharp";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly path: string;
  readonly widths: readonly number[];
}

const prepare: PrepareCase<Arguments> = async ({ path, widths }) => {
  sharp.concurrency(1);
  const pictures = await Promise.all(
    widths.map((width) => sharp(path).resize(width).raw().toBuffer({ resolveWithObject: true })),
  );
  return {
    async run() {
      for (const { data, info } of pictures)
        await sharp(data, { raw: info }).jpeg({ quality: 80 }).toBuffer();
      return undefined;
    },
  };
};

export default prepare;
