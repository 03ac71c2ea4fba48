import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { receiptKey } from "../../../contract/keys.ts";
import { explained } from "../aws-refusals.ts";
import type { OutstandingUpload } from "./ledger.ts";

/**
 * Removes the failed receipts of variants that are to be tried again, because a converter does not retry a variant that
 * has one. Call it right before the event is published. If the event is then never published, the variant counts as
 * missing, and the next plan finds it.
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
