import type { Source } from "../../../converters/converter.ts";
import { bulkClient } from "../../../handlers/convert/bulk-client.ts";
import { collectInOneGo } from "../../../handlers/convert/garbage-collection.ts";
import { type Outputs, s3Outputs } from "../../../handlers/convert/outputs.ts";
import { s3Uploads } from "../../../handlers/convert/uploads.ts";
import { bucket } from "./endpoint.ts";

/** An object of the endpoint, with the facts that S3's event has. */
export interface UploadedFile {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  readonly filename: string;
}

/** The bench's bucket, as a converter's function reads and writes it. */
export interface FunctionStorage {
  readonly outputs: Outputs;
  /** Opens an object, passes it to `work` as the converter's source, and closes it when `work` ends. */
  withSource<Result>(file: UploadedFile, work: (source: Source) => Promise<Result>): Promise<Result>;
}

/** Prepares this process as a converter's function prepares its own, and returns its storage. */
export function functionStorage(): FunctionStorage {
  collectInOneGo();
  const s3 = bulkClient();
  const uploads = s3Uploads(s3);
  return {
    outputs: s3Outputs(s3, bucket),
    async withSource({ filename, ...object }, work) {
      const { source, close } = uploads.open({ bucket, ...object }, filename);
      try {
        return await work(source);
      } finally {
        await close();
      }
    },
  };
}
