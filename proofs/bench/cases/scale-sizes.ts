/**
 * Makes each size except the largest from the next larger one in memory, with sharp's cheapest filter: the part of the
 * cost of several sizes that no sharing with sharp saves.
 */
import sharp from "sharp";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly path: string;
  /** Widths from the largest to the smallest. */
  readonly widths: readonly number[];
}

const prepare: PrepareCase<Arguments> = async ({ path, widths }) => {
  sharp.concurrency(1);
  const steps = await Promise.all(
    widths.slice(1).map(async (width, index) => {
      const larger = sharp(path).resize(widths[index]).raw();
      const { data, info } = await larger.toBuffer({ resolveWithObject: true });
      return () => sharp(data, { raw: info }).resize(width, null, { kernel: "linear" });
    }),
  );
  return {
    async run() {
      for (const scaled of steps) await scaled().jpeg({ quality: 80 }).toBuffer();
      return undefined;
    },
  };
};

export default prepare;
