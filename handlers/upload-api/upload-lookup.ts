import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { parseUploadKey, receiptsPrefix } from "../../contract/keys.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { readReceipt } from "../read-receipt.ts";

/** An upload that exists in the uploads bucket. */
export interface FoundUpload {
  readonly filename: string;
  /** Without quotes. */
  readonly etag: string;
}

/** The uploads and their receipts, as far as the status of an upload needs them. */
export interface UploadLookup {
  /** Returns undefined when nothing was uploaded under this id, or the upload has expired. */
  findUpload(uploadId: string): Promise<FoundUpload | undefined>;
  /** Returns the receipts of all variants that are ready or have failed. */
  receipts(uploadId: string): Promise<Receipt[]>;
}

/** Looks up uploads and receipts in their buckets. */
export function s3UploadLookup(s3: S3Client, uploadsBucket: string, outputsBucket: string): UploadLookup {
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
