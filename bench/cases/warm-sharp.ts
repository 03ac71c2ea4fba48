/** The same pictures through sharp as it comes. */
import sharp from "sharp";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly paths: readonly string[];
  readonly count: number;
}

const prepare: PrepareCase<Arguments> = async ({ paths, count }) => ({
  async run() {
    for (let index = 0; index < count; index += 1) {
      const image = sharp(paths[index % paths.length]).autoOrient();
      await image.clone().resize(300, 300, { fit: "inside" }).toBuffer();
      await image.clone().resize(1280).webp().toBuffer();
    }
    return undefined;
  },
});

export default prepare;
