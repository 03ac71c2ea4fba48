/** Makes the variants of the bench's stage with the converters alone, from a local file, and discards them. */
import { extname } from "node:path";
import type { Conversion } from "../../../converters/converter.ts";
import { convert as toJpg } from "../../../converters/png-to-jpg.ts";
import { convert as resize } from "../../../converters/resize.ts";
import { convert as zip } from "../../../converters/zip.ts";
import { localSource } from "../inputs/local-source.ts";
import type { PrepareCase } from "../measure/case.ts";

const defaults = { fit: "inside", enlarge: false, animated: false, background: "#ffffff" } as const;
const sizes = [
  { name: "thumbnail", options: { ...defaults, width: 300, height: 300 } },
  { name: "preview", options: { ...defaults, width: 1280, format: "webp" } },
] as const;

async function consume(conversions: AsyncIterable<Conversion>): Promise<void> {
  for await (const made of conversions) {
    if ("error" in made) throw made.error;
    if (!Buffer.isBuffer(made.output.body)) for await (const _ of made.output.body);
  }
}

const prepare: PrepareCase<{ readonly path: string }> = async ({ path }) => {
  const source = await localSource(path);
  return {
    async run() {
      await consume(resize(source, sizes));
      if (extname(path) === ".png") {
        const options = { quality: 80, background: "#ffffff", mozjpeg: false };
        await consume(toJpg(source, [{ name: "jpg", options }]));
      }
      await consume(zip(source, [{ name: "archive", options: { level: 5 } }]));
      return undefined;
    },
  };
};

export default prepare;
