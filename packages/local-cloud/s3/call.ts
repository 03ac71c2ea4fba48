import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Identity } from "../sigv4.ts";
import type { CorsRule } from "./cors.ts";
import { S3Error } from "./errors.ts";
import type { LifecycleRule } from "./lifecycle.ts";
import type { ObjectStore } from "./object-store.ts";
import type { StoredObject } from "./stored-object.ts";
import { buildXml, type XmlElement } from "./xml.ts";

/** What the program declares of a bucket beside its name. */
export interface BucketSettings {
  readonly corsRules?: readonly CorsRule[];
  readonly lifecycleRules?: readonly LifecycleRule[];
}

export interface CreatedObject {
  readonly bucket: string;
  readonly object: StoredObject;
  readonly eventName: "ObjectCreated:Put" | "ObjectCreated:CompleteMultipartUpload";
  readonly requestId: string;
  readonly sourceIp: string;
  readonly principalId: string;
}

/** One authenticated request on its way through an operation. */
export interface S3Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly identity: Identity;
  readonly store: ObjectStore;
  readonly bucket: string;
  /** Empty when the request is about the bucket itself. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly region: string;
  readonly now: Date;
  /** A header by its lower-case name; a presigned URL may carry `x-amz-*` ones in its query. */
  header(name: string): string | undefined;
  /** The raw body; a client that waits for `100 Continue` gets it now. */
  body(): AsyncIterable<Buffer>;
  /** Ends the response, whose headers are written, with `body`. */
  send(body: Readable): Promise<void>;
  isAllowed(action: string, key?: string): boolean;
  /** To be called in the transaction that makes the object visible. */
  created(object: StoredObject, eventName: CreatedObject["eventName"]): void;
}

/** A query parameter that is a whole number from `min` to `max`. */
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

export function sendXml({ response }: S3Call, root: string, content: XmlElement): void {
  response.writeHead(200, { "content-type": "application/xml" }).end(buildXml(root, content));
}

export function quote(etag: string): string {
  return `"${etag}"`;
}
