import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { bucket } from "./endpoint.ts";

/** An object to be read: its key, and what a name in an archive is made of. */
export interface ObjectArguments {
  readonly key: string;
}

export async function readObject(s3: S3Client, Key: string): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Body as Readable;
}

/** Uploads as the SDK's documentation shows, with every setting at its default. */
export async function uploadWithDefaults(s3: S3Client, Key: string, Body: Readable): Promise<void> {
  await new Upload({ client: s3, params: { Bucket: bucket, Key, Body } }).done();
}

/** Arguments of the zip contenders. All deflate at level 5 unless the file is to be stored. */
export interface ArchiveArguments extends ObjectArguments {
  readonly filename: string;
  readonly store: boolean;
}
