import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Identity } from "../sigv4.ts";
import type { CorsRule } from "./cors.ts";
import { S3Error } from "./errors.ts";
import type { LifecycleRule } from "./lifecycle.ts";
import type { ObjectStore } from "./object-store.ts";
import type { StoredObject } from "./stored-object.ts";
import { buildXml, type XmlElement } from "./xml.ts";

/** The settings that a program declares for a bucket. */
export interface BucketSettings {
  readonly corsRules?: readonly CorsRule[];
  readonly lifecycleRules?: readonly LifecycleRule[];
}

/** The facts of an S3 event `s3:ObjectCreated:*`. */
export interface CreatedObject {
  readonly bucket: string;
  readonly object: StoredObject;
  readonly eventName: "ObjectCreated:Put" | "ObjectCreated:CompleteMultipartUpload";
  readonly requestId: string;
  readonly sourceIp: string;
  readonly principalId: string;
}

/** One authenticated request, and the ways to answer it. */
export interface S3Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly identity: Identity;
  readonly store: ObjectStore;
  readonly bucket: string;
  /** Empty for an operation on the bucket itself. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly region: string;
  readonly now: Date;
  /** Returns a header by its lower-case name. In a presigned URL, `x-amz-*` headers may be in the query. */
  header(name: string): string | undefined;
  /** Returns the raw body, and sends `100 Continue` to a client that waits for it. */
  body(): AsyncIterable<Buffer>;
  /** Sends `body` and ends the response. The caller has written the headers. */
  send(body: Readable): Promise<void>;
  /** Returns true when the principal may do `action` on `key`, by default the key of the request. */
  isAllowed(action: string, key?: string): boolean;
  /** Announces a new object. Call it in the transaction that makes the object visible. */
  created(object: StoredObject, eventName: CreatedObject["eventName"]): void;
}

/**
 * Returns a query parameter as an integer; undefined when it is absent.
 *
 * @throws {S3Error} `InvalidArgument` when it is not an integer from `min` to `max`
 */
export function queryInteger(
  call: S3Call,
  name: string,
  { min, max }: { min: number; max: number },
): number | undefined {
  const text = call.query.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === "" || !Number.isInteger(value) || value < min || value > max) {
    throw new S3Error("InvalidArgument", `${name} must be an integer between ${min} and ${max}, inclusive`, {
      ArgumentName: name,
      ArgumentValue: text,
    });
  }
  return value;
}

/** Answers 200 with an XML document. */
export function sendXml({ response }: S3Call, root: string, content: XmlElement): void {
  response.writeHead(200, { "content-type": "application/xml" }).end(buildXml(root, content));
}

/** Returns an ETag as headers and XML contain it, in quotes. */
export function quote(etag: string): string {
  return `"${etag}"`;
}
