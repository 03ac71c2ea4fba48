import { randomUUID } from "node:crypto";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { outputKey, receiptKey, trialIdStart, uploadKey } from "../../contract/keys.ts";
import { parseReceipt, type Receipt } from "../../contract/receipt.ts";
import type { UploadedObject } from "../../contract/s3-event.ts";

/** A golden sample in the uploads bucket. S3 does not announce its id. */
export interface TrialUpload extends UploadedObject {
  readonly uploadId: string;
  readonly filename: string;
}

/** An output as the outputs bucket holds it. */
export interface StoredOutput {
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** An object that could not be read. */
export interface Unreadable {
  /** The reason, as a sentence. */
  readonly failure: string;
}

/** The buckets, for a trial. */
export interface TrialStorage {
  putUpload(filename: string, contentType: string, body: Buffer): Promise<TrialUpload>;
  putReceipt(receipt: Receipt): Promise<void>;
  readReceipt(uploadId: string, variant: string): Promise<Receipt | Unreadable>;
  readOutput(path: string): Promise<StoredOutput | Unreadable>;
  /** Deletes every object that was written or read. */
  clean(): Promise<void>;
}

/** Returns the buckets on S3. */
export function s3TrialStorage(s3: S3Client, uploadsBucket: string, outputsBucket: string): TrialStorage {
  const touched = new Map<string, { Bucket: string; Key: string }>();
  const touch = (Bucket: string, Key: string) => {
    touched.set(`${Bucket}/${Key}`, { Bucket, Key });
    return { Bucket, Key };
  };

  async function read(what: "receipt" | "output", Key: string): Promise<StoredOutput | Unreadable> {
    try {
      const { Body, ContentType } = await s3.send(new GetObjectCommand(touch(outputsBucket, Key)));
      return { contentType: ContentType, body: Buffer.from((await Body?.transformToByteArray()) ?? []) };
    } catch (error) {
      const failure = absence(`no ${what} was written at ${Key}`, error);
      if (failure === undefined) throw error;
      return { failure };
    }
  }

  return {
    async putUpload(filename, contentType, body) {
      const uploadId = `${trialIdStart}${randomUUID().slice(trialIdStart.length)}`;
      const key = uploadKey({ uploadId, filename });
      const { ETag = "" } = await s3.send(
        new PutObjectCommand({ ...touch(uploadsBucket, key), ContentType: contentType, Body: body }),
      );
      const etag = ETag.replaceAll('"', "");
      return { uploadId, filename, bucket: uploadsBucket, key, etag, bytes: body.length };
    },

    async putReceipt(receipt) {
      const Key = receiptKey(receipt.uploadId, receipt.variant);
      const Body = JSON.stringify(receipt);
      await s3.send(
        new PutObjectCommand({ ...touch(outputsBucket, Key), ContentType: "application/json", Body }),
      );
    },

    async readReceipt(uploadId, variant) {
      const key = receiptKey(uploadId, variant);
      const found = await read("receipt", key);
      if ("failure" in found) return found;
      const receipt = parseReceipt(found.body.toString());
      return "unreadable" in receipt
        ? { failure: `the object at ${key} is not a receipt: ${receipt.unreadable}` }
        : receipt;
    },

    readOutput: (path) => read("output", outputKey(path)),

    async clean() {
      const deletions = [...touched.values()].map((object) => s3.send(new DeleteObjectCommand(object)));
      touched.clear();
      await Promise.all(deletions);
    },
  };
}

/**
 * Returns the reason when `error` says that an object is missing. S3 answers 403 for a missing object when the caller may
 * not list the bucket, so the hook cannot distinguish it from an object that it may not read:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, Permissions.
 */
function absence(missing: string, error: unknown): string | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  if (error.name === "NoSuchKey") return missing;
  if (error.name === "AccessDenied") return `${missing}, or the hook may not read it: ${error.message}`;
  return undefined;
}
