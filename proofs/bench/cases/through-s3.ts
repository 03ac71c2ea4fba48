/** A converter between the product's own source and outputs, as its function runs it: from S3 to S3. */
import type { Convert } from "../../../converters/converter.ts";
import { convert as toJpg } from "../../../converters/png-to-jpg.ts";
import { convert as resize } from "../../../converters/resize.ts";
import { convert as zip } from "../../../converters/zip.ts";
import { bulkClient } from "../../../handlers/convert/bulk-client.ts";
import { collectInOneGo } from "../../../handlers/convert/garbage-collection.ts";
import { s3Outputs } from "../../../handlers/convert/outputs.ts";
import { s3Uploads } from "../../../handlers/convert/uploads.ts";
import type { PrepareCase } from "../measure/case.ts";
import { bucket } from "../s3/endpoint.ts";

interface Arguments {
  readonly converter: keyof typeof converters;
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  readonly filename: string;
  /** With every default filled in. */
  readonly variants: readonly { readonly name: string; readonly options: unknown }[];
}

const converters = { resize, "png-to-jpg": toJpg, zip };

const prepare: PrepareCase<Arguments> = async ({ converter, key, etag, bytes, filename, variants }) => {
  collectInOneGo();
  const s3 = bulkClient();
  const [uploads, outputs] = [s3Uploads(s3), s3Outputs(s3, bucket)];
  const convert = converters[converter] as Convert<unknown>;
  return {
    async run() {
      const { source, close } = uploads.open({ bucket, key, etag, bytes }, filename);
      try {
        let bytesOut = 0;
        for await (const made of convert(source, variants)) {
          if ("error" in made) throw made.error;
          bytesOut += await outputs.write(`${key}/${made.variant}`, made.output);
        }
        return { bytesOut };
      } finally {
        await close();
      }
    },
  };
};

export default prepare;
