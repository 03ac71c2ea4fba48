import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { receiptKey } from "../../../contract/keys.ts";
import { explained } from "../aws-refusals.ts";
import type { OutstandingUpload } from "./ledger.ts";

/**
 * Removes the failed receipts of variants that are to be tried again: a converter takes them for its last word. To be
 * done right before the event is published; a variant whose event never goes out is then missing, and found again.
 */
export async function removeReceipts(
  s3: S3Client,
  Bucket: string,
  { uploadId, failed }: OutstandingUpload,
  signal: AbortSignal,
): Promise<void> {
  for (const variant of failed) {
    const command = new DeleteObjectCommand({ Bucket, Key: receiptKey(uploadId, variant) });
    await explained(`s3:DeleteObject on ${Bucket}`, () => s3.send(command, { abortSignal: signal }));
  }
}
