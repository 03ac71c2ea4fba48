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

/** The object was deleted or replaced after its event, so there is nothing to convert. */
export class SourceGoneError extends Error {
  override readonly name = "SourceGoneError";
}

/** A source that may hold open connections and a local copy. */
export interface OpenSource {
  readonly source: Source;
  /** Closes the connections and removes the copy. */
  close(): Promise<void>;
}

/** The uploads bucket, as far as a converter's function uses it. */
export interface Uploads {
  /** Opens an upload. It sends no request until the converter asks for bytes. */
  open(object: UploadedObject, filename: string): OpenSource;
}

const copyPrefix = "henkan-upload-";

/**
 * Removes the copies of invocations that were killed. Lambda restarts the function in the same environment with the same
 * `/tmp`, https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, which would fill up.
 */
export function removeForgottenCopies(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(copyPrefix))) {
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

const goneErrors = ["NoSuchKey", "PreconditionFailed"];

/** Reads uploads from S3. Each read demands the ETag of the event, so bytes of two versions never mix. */
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
