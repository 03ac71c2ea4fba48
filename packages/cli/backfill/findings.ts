import { GetObjectCommand, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import { receiptKey } from "../../../contract/keys.ts";
import { parseReceipt, type Receipt } from "../../../contract/receipt.ts";
import { explained } from "../aws-refusals.ts";
import type { StageVariant } from "./stage-variants.ts";
import type { StoredUpload } from "./stored-uploads.ts";

/** How the receipt of a variant compares with the present declaration of the variant and the present upload. */
export type Finding = "missing" | "otherSettings" | "otherSource" | "failed" | "ready";

/** Resolves with undefined when there is no receipt, or an unreadable one. */
export type ReceiptReader = (uploadId: string, variant: string) => Promise<Receipt | undefined>;

/** @param onRequest called for every receipt that is requested */
export function s3Receipts(
  client: S3Client,
  Bucket: string,
  { signal, onRequest = () => {} }: { signal: AbortSignal; onRequest?: () => void },
): ReceiptReader {
  async function textOf(Key: string): Promise<string | undefined> {
    onRequest();
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal: signal });
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  return async (uploadId, variant) => {
    const Key = receiptKey(uploadId, variant);
    const text = await explained(`s3:GetObject and s3:ListBucket on ${Bucket}`, () => textOf(Key));
    const receipt = text === undefined ? undefined : parseReceipt(text);
    return receipt && "unreadable" in receipt ? undefined : receipt;
  };
}

/** Compares as the converter does: it makes a variant whose receipt is for other bytes or other settings. */
export function findingOf(
  receipt: Receipt | undefined,
  { settings }: StageVariant,
  { etag, bytes }: Pick<StoredUpload, "etag" | "bytes">,
): Finding {
  if (!receipt) return "missing";
  if (receipt.source.etag !== etag || receipt.source.bytes !== bytes) return "otherSource";
  if (receipt.settings !== settings) return "otherSettings";
  return receipt.state;
}
