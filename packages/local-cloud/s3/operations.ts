import { getBucketLocation, headBucket, listObjectsV2 } from "./bucket-operations.ts";
import type { S3Call } from "./call.ts";
import { completeMultipartUpload } from "./complete-multipart-upload.ts";
import { S3Error } from "./errors.ts";
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from "./multipart-operations.ts";
import { deleteObject, deleteObjects, getObject, putObject } from "./object-operations.ts";

/** An operation of S3. */
export interface Operation {
  readonly name: string;
  /** The IAM action; undefined when the operation checks the permission for each key. */
  readonly action?: string;
  readonly run: (call: S3Call) => void | Promise<void>;
}

/** The operations by method, level (bucket or object), and the sorted query parameters that select the operation. */
const operations: Readonly<Record<string, Operation>> = {
  "HEAD bucket": { name: "HeadBucket", action: "s3:ListBucket", run: headBucket },
  "GET bucket list-type": { name: "ListObjectsV2", action: "s3:ListBucket", run: listObjectsV2 },
  "GET bucket location": {
    name: "GetBucketLocation",
    action: "s3:GetBucketLocation",
    run: getBucketLocation,
  },
  "GET bucket uploads": {
    name: "ListMultipartUploads",
    action: "s3:ListBucketMultipartUploads",
    run: listMultipartUploads,
  },
  "POST bucket delete": { name: "DeleteObjects", run: deleteObjects },
  "PUT object": { name: "PutObject", action: "s3:PutObject", run: putObject },
  "GET object": { name: "GetObject", action: "s3:GetObject", run: getObject },
  "HEAD object": { name: "HeadObject", action: "s3:GetObject", run: getObject },
  "DELETE object": { name: "DeleteObject", action: "s3:DeleteObject", run: deleteObject },
  "POST object uploads": {
    name: "CreateMultipartUpload",
    action: "s3:PutObject",
    run: createMultipartUpload,
  },
  "PUT object partNumber uploadId": { name: "UploadPart", action: "s3:PutObject", run: uploadPart },
  "GET object uploadId": { name: "ListParts", action: "s3:ListMultipartUploadParts", run: listParts },
  "POST object uploadId": {
    name: "CompleteMultipartUpload",
    action: "s3:PutObject",
    run: completeMultipartUpload,
  },
  "DELETE object uploadId": {
    name: "AbortMultipartUpload",
    action: "s3:AbortMultipartUpload",
    run: abortMultipartUpload,
  },
};

/** Query parameters that are options of an operation and do not select one. */
const optionParameters =
  /^(x-amz-.*|x-id|response-.*|prefix|delimiter|max-(keys|parts|uploads)|continuation-token|start-after|fetch-owner|encoding-type|part-number-marker)$/i;

/**
 * The `x-amz-*` headers that the local S3 supports, and those that have no effect, in the local S3 or on a bucket with
 * AWS's defaults.
 */
const supportedHeaders =
  /^x-amz-(date|content-sha256|security-token|user-agent|decoded-content-length|trailer|meta-.*|sdk-checksum-algorithm|checksum-(crc32|crc32c|crc64nvme|sha1|sha256|mode|type|algorithm)|mp-object-size|signature|signedheaders|credential|algorithm|expires)$/i;

/**
 * Returns the operation of a request.
 *
 * @throws {S3Error} `NotImplemented`, naming the operation or the `x-amz-*` header that is not supported
 */
export function findOperation(
  method: string,
  {
    bucket,
    key,
    query,
    headers,
  }: { bucket: string; key: string; query: Iterable<string>; headers: Iterable<string> },
): Operation {
  const names = [...query];
  const selectors = names.filter((name) => !optionParameters.test(name)).sort();
  const level = key !== "" ? "object" : bucket !== "" ? "bucket" : "service";
  const signature = [method, level, ...selectors].join(" ");
  const operation = Object.hasOwn(operations, signature) ? operations[signature] : undefined;
  if (!operation) throw new S3Error("NotImplemented", `This endpoint has no operation "${signature}"`);
  const unknown = [...headers, ...names].find(
    (name) => /^x-amz-/i.test(name) && !supportedHeaders.test(name),
  );
  if (unknown) throw new S3Error("NotImplemented", undefined, { Header: unknown });
  return operation;
}
