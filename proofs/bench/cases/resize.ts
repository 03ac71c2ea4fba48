/** The resize converter, from a local file to buffers. */
import type { Conversion } from "../../../converters/converter.ts";
import type { ResizeOptions } from "../../../converters/resize.ts";
import { convert } from "../../../converters/resize.ts";
import { localSource } from "../inputs/local-source.ts";
import type { PrepareCase } from "../measure/case.ts";

interface Arguments {
  readonly path: string;
  readonly variants: readonly Partial<ResizeOptions>[];
}

const defaults = { fit: "inside", enlarge: false, animated: false, background: "#ffffff" } as const;

function bytesOf(made: Conversion): number {
  if ("error" in made) throw made.error;
  if (!Buffer.isBuffer(made.output.body)) throw new Error("Expected an image in a buffer");
  return made.output.body.length;
}

const prepare: PrepareCase<Arguments> = async ({ path, variants }) => {
  const source = await localSource(path);
  const named = variants.map((options, index) => ({
    name: String(index),
    options: { ...defaults, ...options },
  }));
  return {
    async run() {
      let bytes = 0;
      for await (const made of convert(source, named)) bytes += bytesOf(made);
      return { bytes };
    },
  };
};

export default prepare;
