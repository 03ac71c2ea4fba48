import { randomUUID } from "node:crypto";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import * as v from "valibot";
import { outputKey, receiptKey, trialIdStart, uploadKey } from "../../converters/keys.ts";
import type { UploadedObject } from "../convert/uploaded-objects.ts";
import { type Receipt, receiptSchema } from "../receipt.ts";

/** A golden sample in the uploads bucket, under an id that is announced to nobody. */
export interface TrialUpload extends UploadedObject {
  readonly uploadId: string;
  readonly filename: string;
}

/** What is read and written for a trial; everything that was touched is deleted by `clean`. */
export interface TrialStorage {
  putUpload(filename: string, contentType: string, body: Buffer): Promise<TrialUpload>;
  putReceipt(receipt: Receipt): Promise<void>;
  /** Undefined when there is none, or none that can be understood. */
  readReceipt(uploadId: string, variant: string): Promise<Receipt | undefined>;
  /** Undefined when there is none. */
  readOutput(path: string): Promise<{ contentType: string | undefined; body: Buffer } | undefined>;
  clean(): Promise<void>;
}

const receiptText = v.pipe(v.string(), v.parseJson(), receiptSchema);

/** Whoever may not list a bucket is told 403 for an object that is not there. */
const missing = ["NoSuchKey", "AccessDenied"];

export function s3TrialStorage(s3: S3Client, uploadsBucket: string, outputsBucket: string): TrialStorage {
  const touched = new Map<string, { Bucket: string; Key: string }>();
  const touch = (Bucket: string, Key: string) => {
    touched.set(`${Bucket}/${Key}`, { Bucket, Key });
    return { Bucket, Key };
  };

  async function read(Key: string) {
    try {
      const { Body, ContentType } = await s3.send(new GetObjectCommand(touch(outputsBucket, Key)));
      return { contentType: ContentType, body: Buffer.from((await Body?.transformToByteArray()) ?? []) };
    } catch (error) {
      if (error instanceof S3ServiceException && missing.includes(error.name)) return undefined;
      throw error;
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
      const found = await read(receiptKey(uploadId, variant));
      const result = v.safeParse(receiptText, found?.body.toString());
      return result.success ? result.output : undefined;
    },

    readOutput: (path) => read(outputKey(path)),

    async clean() {
      const deletions = [...touched.values()].map((object) => s3.send(new DeleteObjectCommand(object)));
      touched.clear();
      await Promise.all(deletions);
    },
  };
}
