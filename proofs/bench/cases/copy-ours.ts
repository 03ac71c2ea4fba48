/** The same copy through the product's own client, source and outputs: the cost of a converter that does nothing. */
import type { PrepareCase } from "../measure/case.ts";
import { functionStorage, type UploadedFile } from "../s3/function-storage.ts";

const prepare: PrepareCase<Omit<UploadedFile, "filename">> = async (object) => {
  const { outputs, withSource } = functionStorage();
  const file = { ...object, filename: "source.bin" };
  return {
    async run() {
      await withSource(file, async (source) => {
        const type = { contentType: source.contentType, extension: ".bin" };
        await outputs.write(`copy/${file.key}`, { type, body: await source.stream() });
      });
      return undefined;
    },
  };
};

export default prepare;
