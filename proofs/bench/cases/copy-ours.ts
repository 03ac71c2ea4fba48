/** The same copy through the product's own client, source and outputs: the cost of a converter that does nothing. */
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
}

const prepare: PrepareCase<Arguments> = async ({ key, etag, bytes }) => {
  collectInOneGo();
  const s3 = bulkClient();
  const uploads = s3Uploads(s3);
  const outputs = s3Outputs(s3, bucket);
  return {
    async run() {
      const { source, close } = uploads.open({ bucket, key, etag, bytes }, "source.bin");
      try {
        const type = { contentType: source.contentType, extension: ".bin" };
        await outputs.write(`copy/${key}`, { type, body: await source.stream() });
      } finally {
        await close();
      }
      return undefined;
    },
  };
};

export default prepare;
