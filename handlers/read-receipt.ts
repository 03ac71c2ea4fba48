import { GetObjectCommand, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import * as v from "valibot";
import { type Receipt, receiptSchema } from "../contract/receipt.ts";
import { logger } from "./observability.ts";

const receiptText = v.pipe(v.string(), v.parseJson(), receiptSchema);

/** Undefined when there is no receipt at `Key`, or none that can be understood. */
export async function readReceipt(s3: S3Client, Bucket: string, Key: string): Promise<Receipt | undefined> {
  const text = await objectText(s3, Bucket, Key);
  if (text === undefined) return undefined;
  const result = v.safeParse(receiptText, text);
  if (result.success) return result.output;
  const issues = v.summarize(result.issues);
  logger.warn("The receipt cannot be understood", { result: "unreadable-receipt", key: Key, issues });
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
