/** The zip converter between the product's own source and outputs. */

import { convert } from "../../../converters/zip.ts";
import type { PrepareCase } from "../measure/case.ts";
import { functionStorage, type UploadedFile } from "../s3/function-storage.ts";

const prepare: PrepareCase<UploadedFile> = async (file) => {
  const { outputs, withSource } = functionStorage();
  return {
    run: () =>
      withSource(file, async (source) => {
        let written = 0;
        for await (const made of convert(source, [{ name: "archive", options: { level: 5 } }])) {
          if ("error" in made) throw made.error;
          written += await outputs.write(`zip/${file.key}`, made.output);
        }
        return { bytes: written };
      }),
  };
};

export default prepare;
