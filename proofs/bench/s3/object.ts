import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { bucket } from "./endpoint.ts";

/** An object to read: its key, and the data for its name in an archive. */
export interface ObjectArguments {
  readonly key: string;
}

export async function readObject(s3: S3Client, Key: string): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Body as Readable;
}

/** Uploads as in the SDK's documentation, with all defaults. */
export async function uploadWithDefaults(s3: S3Client, Key: string, Body: Readable): Promise<void> {
  await new Upload({ client: s3, params: { Bucket: bucket, Key, Body } }).done();
}

/** Arguments of the zip contenders. All deflate at level 5, unless the file is stored without compression. */
export interface ArchiveArguments extends ObjectArguments {
  readonly filename: string;
  readonly store: boolean;
}
