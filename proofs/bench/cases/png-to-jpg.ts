/** The png-to-jpg converter, from a local file to a buffer. */
import { writeFile } from "node:fs/promises";
import { convert } from "../../../converters/png-to-jpg.ts";
import { localSource } from "../inputs/local-source.ts";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly path: string;
  readonly quality: number;
  /** Path of the output, for a contest that compares pictures. */
  readonly out?: string;
}

const prepare: PrepareCase<Arguments> = async ({ path, quality, out }) => {
  const source = await localSource(path);
  const options = { quality, background: "#ffffff", mozjpeg: false };
  return {
    async run() {
      let bytes = 0;
      for await (const made of convert(source, [{ name: "jpg", options }])) {
        if ("error" in made) throw made.error;
        const { body } = made.output;
        if (!Buffer.isBuffer(body)) throw new Error("Expected an image in a buffer");
        bytes = body.length;
        if (out) await writeFile(out, body);
      }
      return { bytes };
    },
  };
};

export default prepare;
