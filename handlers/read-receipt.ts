import { GetObjectCommand, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import { parseReceipt, type Receipt } from "../contract/receipt.ts";
import { logger } from "./observability.ts";

/** Returns undefined when there is no receipt at `Key`. An unreadable one counts as none, and is logged. */
export async function readReceipt(s3: S3Client, Bucket: string, Key: string): Promise<Receipt | undefined> {
  const text = await objectText(s3, Bucket, Key);
  if (text === undefined) return undefined;
  const receipt = parseReceipt(text);
  if (!("unreadable" in receipt)) return receipt;
  logger.warn("The receipt cannot be read", {
    result: "unreadable-receipt",
    key: Key,
    issues: receipt.unreadable,
  });
  return undefined;
}

async function objectText(s3: S3Client, Bucket: string, Key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
