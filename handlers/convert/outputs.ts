import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { outputKey, receiptKey } from "../../contract/keys.ts";
import type { Receipt } from "../../contract/receipt.ts";
import type { Output } from "../../converters/converter.ts";
import { readReceipt } from "../read-receipt.ts";
import { streamUploads } from "./stream-upload.ts";

/** The outputs bucket, as far as a converter's function uses it. */
export interface Outputs {
  /** Returns undefined when there is no readable receipt. */
  readReceipt(uploadId: string, variant: string): Promise<Receipt | undefined>;
  writeReceipt(receipt: Receipt): Promise<void>;
  /** Stores an output under its CDN path and returns its size in bytes. */
  write(path: string, output: Output): Promise<number>;
}

/** One day, not longer: the same URL gets new bytes when a stage changes the variant's options. */
const CacheControl = "public, max-age=86400";

/** Returns the outputs bucket `Bucket`. It sends streams in parts, so memory does not grow with the output. */
export function s3Outputs(s3: S3Client, Bucket: string): Outputs {
  const writeStream = streamUploads(s3);

  async function writeBuffer(Key: string, ContentType: string, Body: Buffer): Promise<number> {
    const ContentLength = Body.length;
    await s3.send(new PutObjectCommand({ Bucket, Key, ContentType, CacheControl, ContentLength, Body }));
    return ContentLength;
  }

  return {
    readReceipt: (uploadId, variant) => readReceipt(s3, Bucket, receiptKey(uploadId, variant)),

    async writeReceipt(receipt) {
      const Key = receiptKey(receipt.uploadId, receipt.variant);
      const Body = JSON.stringify(receipt);
      await s3.send(new PutObjectCommand({ Bucket, Key, ContentType: "application/json", Body }));
    },

    write(path, { type, body }) {
      const key = outputKey(path);
      return Buffer.isBuffer(body)
        ? writeBuffer(key, type.contentType, body)
        : writeStream({ Bucket, Key: key, ContentType: type.contentType, CacheControl }, body);
    },
  };
}
