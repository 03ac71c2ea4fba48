import * as v from "valibot";
import { parseConversionRequest, s3EventText, type UploadedObject } from "../../contract/s3-event.ts";
import { logger } from "../observability.ts";

/** An upload to convert. */
export interface RequestedUpload extends UploadedObject {
  /** Names of the wanted variants, of all converters; absent when all are wanted, as after an upload. */
  readonly variants?: readonly string[];
}

/**
 * Returns the wanted variants of a record. Parts of a request that cannot be read are logged and ignored: to make too
 * much again costs less than a message that is retried until it is a dead letter.
 */
function wantedVariants(key: string, request: unknown): Pick<RequestedUpload, "variants"> {
  if (request === undefined) return {};
  const read = parseConversionRequest(request);
  const result = "unreadable-request";
  if ("unreadable" in read) {
    logger.warn("The request cannot be read, so every variant is wanted", {
      result,
      key,
      issues: read.unreadable,
    });
    return {};
  }
  const { variants, ignored } = read;
  if (ignored > 0) {
    logger.warn("The request's items that are not names of variants are ignored", { result, key, ignored });
  }
  return { variants };
}

/**
 * Returns the uploads that a queue message is about: none for `s3:TestEvent`.
 *
 * @throws {ValiError} when the body is not an S3 event
 */
export function requestedUploads(body: string): readonly RequestedUpload[] {
  return v
    .parse(s3EventText, body)
    .map(({ object, request }) => ({ ...object, ...wantedVariants(object.key, request) }));
}
