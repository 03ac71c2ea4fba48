/** A converter between the product's own source and outputs, as its function runs it: from S3 to S3. */
import type { Convert } from "../../../converters/converter.ts";
import { convert as toJpg } from "../../../converters/png-to-jpg.ts";
import { convert as resize } from "../../../converters/resize.ts";
import { convert as zip } from "../../../converters/zip.ts";
import type { PrepareCase } from "../measure/case.ts";
import { functionStorage, type UploadedFile } from "../s3/function-storage.ts";

interface Arguments extends UploadedFile {
  readonly converter: keyof typeof converters;
  /** Options with all defaults. */
  readonly variants: readonly { readonly name: string; readonly options: unknown }[];
}

const converters = { resize, "png-to-jpg": toJpg, zip };

const prepare: PrepareCase<Arguments> = async ({ converter, variants, ...file }) => {
  const { outputs, withSource } = functionStorage();
  const convert = converters[converter] as Convert<unknown>;
  return {
    run: () =>
      withSource(file, async (source) => {
        let bytesOut = 0;
        for await (const made of convert(source, variants)) {
          if ("error" in made) throw made.error;
          bytesOut += await outputs.write(`${file.key}/${made.variant}`, made.output);
        }
        return { bytesOut };
      }),
  };
};

export default prepare;
