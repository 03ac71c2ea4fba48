import { readdirSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { UploadedObject } from "../../contract/s3-event.ts";
import { sourceType } from "../../contract/source-type.ts";
import type { Source } from "../../converters/converter.ts";
import { save } from "./save.ts";

/** The object was deleted or replaced after its event: there is nothing left to convert. */
export class SourceGoneError extends Error {
  override readonly name = "SourceGoneError";
}

/** A source and what it holds on this machine: open connections and a local copy. */
export interface OpenSource {
  readonly source: Source;
  close(): Promise<void>;
}

export interface Uploads {
  /** Reads nothing yet: the first request is made when the converter asks for bytes. */
  open(object: UploadedObject, filename: string): OpenSource;
}

const copyPrefix = "henkan-upload-";

/**
 * Removes the copies that killed invocations left: Lambda starts the function again in the same environment and leaves
 * its `/tmp` as it is, https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, until it is full.
 */
export function removeForgottenCopies(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(copyPrefix))) {
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

const goneErrors = ["NoSuchKey", "PreconditionFailed"];

/** Uploads read from S3, each pinned to the ETag of its event so that two versions never mix. */
export function s3Uploads(s3: S3Client): Uploads {
  async function read({ bucket, key, etag }: UploadedObject): Promise<Readable> {
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` });
      const { Body } = await s3.send(command);
      return Body as Readable;
    } catch (error) {
      if (error instanceof S3ServiceException && goneErrors.includes(error.name)) {
        throw new SourceGoneError(`${key} with ETag ${etag} is no longer in ${bucket}`, { cause: error });
      }
      throw error;
    }
  }

  return {
    open(object, filename) {
      const streams: Readable[] = [];
      let directory: Promise<string> | undefined;
      let copy: Promise<string> | undefined;

      async function stream(): Promise<Readable> {
        const body = await read(object);
        streams.push(body);
        return body;
      }

      async function download(): Promise<string> {
        const body = await stream();
        directory = mkdtemp(join(tmpdir(), copyPrefix));
        const path = join(await directory, "source");
        await save(body, path);
        return path;
      }

      function file(): Promise<string> {
        copy ??= download();
        return copy;
      }

      async function close(): Promise<void> {
        for (const body of streams) body.destroy();
        if (directory) await rm(await directory, { recursive: true, force: true });
      }

      const { contentType } = sourceType(filename);
      return { source: { filename, contentType, bytes: object.bytes, stream, file }, close };
    },
  };
}
