/**
 * sharp with its defaults: its threads, and its cache, which contains no new picture. Several sizes use `clone`, as in
 * its documentation.
 */
import { writeFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { underNewName } from "../inputs/new-name.ts";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly path: string;
  /** Longest sides in pixels; without any, the whole picture is converted. */
  readonly sizes: readonly number[];
  readonly quality?: number;
  readonly out?: string;
}

const prepare: PrepareCase<Arguments> = async ({ path, sizes, quality = 80, out }) => {
  const encode = (image: Sharp) =>
    image.autoOrient().flatten({ background: "#ffffff" }).jpeg({ quality }).toBuffer();
  return {
    async run() {
      const outputs = await underNewName(path, (name) => {
        const image = sharp(name, { limitInputPixels: false });
        const made = sizes.map((size) => encode(image.clone().resize(size, size, { fit: "inside" })));
        return Promise.all(made.length > 0 ? made : [encode(image)]);
      });
      if (out && outputs[0]) await writeFile(out, outputs[0]);
      return { bytes: outputs.reduce((sum, { length }) => sum + length, 0) };
    },
  };
};

export default prepare;
