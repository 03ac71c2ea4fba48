/** Converts the same pictures with sharp's defaults, each time as a new file, because functions get no file twice. */
import sharp from "sharp";
import { underNewName } from "../inputs/new-name.ts";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly paths: readonly string[];
  readonly count: number;
}

const prepare: PrepareCase<Arguments> = async ({ paths, count }) => ({
  async run() {
    for (let index = 0; index < count; index += 1) {
      await underNewName(paths[index % paths.length] ?? "", async (name) => {
        const image = sharp(name).autoOrient();
        await image.clone().resize(300, 300, { fit: "inside" }).toBuffer();
        await image.clone().resize(1280).webp().toBuffer();
      });
    }
    return undefined;
  },
});

export default prepare;
