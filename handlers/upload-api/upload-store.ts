import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { parseUploadKey, receiptsPrefix } from "../../contract/keys.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { readReceipt } from "../read-receipt.ts";

export interface StoredUpload {
  readonly filename: string;
  /** Without quotes. */
  readonly etag: string;
}

export interface UploadStore {
  /** Undefined when nothing was uploaded under this id, or it has expired. */
  findUpload(uploadId: string): Promise<StoredUpload | undefined>;
  receipts(uploadId: string): Promise<Receipt[]>;
}

/** The uploads and outputs buckets, as far as the status of an upload needs them. */
export function s3UploadStore(s3: S3Client, uploadsBucket: string, outputsBucket: string): UploadStore {
  return {
    async findUpload(uploadId) {
      const command = new ListObjectsV2Command({ Bucket: uploadsBucket, Prefix: `${uploadId}/`, MaxKeys: 1 });
      const { Contents = [] } = await s3.send(command);
      const { Key = "", ETag = "" } = Contents[0] ?? {};
      const upload = parseUploadKey(Key);
      return upload && { filename: upload.filename, etag: ETag.replaceAll('"', "") };
    },

    async receipts(uploadId) {
      const Prefix = `${receiptsPrefix}/${uploadId}/`;
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: outputsBucket, Prefix }));
      const receipts = await Promise.all(Contents.map(({ Key = "" }) => readReceipt(s3, outputsBucket, Key)));
      return receipts.filter((receipt) => receipt !== undefined);
    },
  };
}
