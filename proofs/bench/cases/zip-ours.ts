/** The zip converter between the product's own source and outputs. */

import { convert } from "../../../converters/zip.ts";
import { bulkClient } from "../../../handlers/convert/bulk-client.ts";
import { collectInOneGo } from "../../../handlers/convert/garbage-collection.ts";
import { s3Outputs } from "../../../handlers/convert/outputs.ts";
import { s3Uploads } from "../../../handlers/convert/uploads.ts";
import type { PrepareCase } from "../measure/case.ts";
import { bucket } from "../s3/endpoint.ts";

interface Arguments {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  readonly filename: string;
}

const prepare: PrepareCase<Arguments> = async ({ key, etag, bytes, filename }) => {
  collectInOneGo();
  const s3 = bulkClient();
  const uploads = s3Uploads(s3);
  const outputs = s3Outputs(s3, bucket);
  return {
    async run() {
      const { source, close } = uploads.open({ bucket, key, etag, bytes }, filename);
      try {
        let written = 0;
        for await (const made of convert(source, [{ name: "archive", options: { level: 5 } }])) {
          if ("error" in made) throw made.error;
          written += await outputs.write(`zip/${key}`, made.output);
        }
        return { bytes: written };
      } finally {
        await close();
      }
    },
  };
};

export default prepare;
