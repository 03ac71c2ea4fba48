import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Credentials } from "../credentials.ts";
import { loseAnswer, type RequestFault, withFault } from "../faults/request-fault.ts";
import { sendBody } from "../send-body.ts";
import { parseTarget, SignatureError, verifySignature } from "../sigv4.ts";
import type { BucketSettings, CreatedObject, S3Call } from "./call.ts";
import { actualHeaders, preflightHeaders } from "./cors.ts";
import { S3Error } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import { findOperation } from "./operations.ts";
import { buildXml } from "./xml.ts";

export type { BucketSettings, CreatedObject } from "./call.ts";

/** Options of {@link createS3Server}. */
export interface S3ServerOptions {
  readonly store: ObjectStore;
  /** The settings of each bucket, by name. No other buckets exist. */
  readonly buckets: ReadonlyMap<string, BucketSettings>;
  readonly credentials: Credentials;
  readonly region: string;
  /** @default the clock of this machine */
  readonly now?: () => Date;
  /**
   * Called in the transaction that makes an object visible: changes to the same database are committed
   * together with the object.
   */
  readonly onObjectCreated?: (created: CreatedObject) => void;
  /** Returns the fault to inject into a request that S3 would accept; none by default. */
  readonly fault?: (request: {
    operation: string;
    partNumber: string | undefined;
    bucket: string;
    key: string;
    principal: string;
    presigned: boolean;
  }) => RequestFault | undefined;
  /**
   * Returns true when the principal may do `action` (`s3:PutObject`) on `resource` (an ARN). By default every action is
   * allowed.
   */
  readonly authorize?: (request: {
    principal: string;
    action: string;
    resource: string;
    signatureAgeMs: number;
  }) => boolean;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** True while the client waits for `100 Continue` before it sends the body. */
  waiting: boolean;
}

const maxKeyBytes = 1024;

/** Returns an S3 endpoint with path-style addresses, `http://host:port/bucket/key`. It does not listen yet. */
export function createS3Server(options: S3ServerOptions): Server {
  const handle = (waiting: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    const exchange = { request, response, requestId, waiting };
    response.setHeader("x-amz-request-id", requestId);
    response.setHeader("x-amz-id-2", randomBytes(32).toString("base64"));
    serve(exchange, options).catch((error: unknown) => refuse(exchange, error));
  };
  const server = createServer({ requestTimeout: 0 }, handle(false));
  server.on("checkContinue", handle(true));
  return server;
}

async function serve(exchange: Exchange, options: S3ServerOptions): Promise<void> {
  const { request, response, requestId } = exchange;
  const { method = "", url = "" } = request;
  const now = options.now?.() ?? new Date();
  const { bucket, key, query } = parseAddress(url);
  const settings = options.buckets.get(bucket);
  if (method === "OPTIONS") {
    response.writeHead(200, preflightHeaders(settings?.corsRules, request.headers)).end();
    return;
  }
  response.setHeaders(new Map(Object.entries(actualHeaders(settings?.corsRules, method, request.headers))));

  const { store, credentials, region } = options;
  const identity = verifySignature(
    { method, url, headers: request.headersDistinct },
    { service: "s3", region, credentials, now },
  );
  const hoisted = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
  const operation = findOperation(method, {
    bucket,
    key,
    query: query.keys(),
    headers: Object.keys(request.headersDistinct),
  });
  const { principalArn: principal, presigned, signedAt } = identity;
  let fault: RequestFault | undefined;
  const signatureAgeMs = now.getTime() - signedAt.getTime();
  const call: S3Call = {
    request,
    response,
    requestId,
    identity,
    store,
    bucket,
    key,
    query,
    region,
    now,
    header: (name) =>
      request.headersDistinct[name]?.join(",") ?? (name.startsWith("x-amz-") ? hoisted.get(name) : undefined),
    body: () => {
      if (exchange.waiting) response.writeContinue();
      exchange.waiting = false;
      const body = request.iterator({ destroyOnReturn: false });
      const bytes = Number(request.headers["content-length"] ?? 0);
      return fault ? withFault(body, bytes, request.socket, fault) : body;
    },
    send: (body) => {
      const bytes = Number(response.getHeader("content-length"));
      return fault
        ? pipeline(withFault(body, bytes, request.socket, fault), response)
        : sendBody(body, response);
    },
    isAllowed: (action, target = key) =>
      options.authorize?.({ principal, action, resource: resourceArn(bucket, target), signatureAgeMs }) ??
      true,
    created: (object, eventName) =>
      options.onObjectCreated?.({
        bucket,
        object,
        eventName,
        requestId,
        sourceIp: request.socket.remoteAddress ?? "",
        principalId: `AWS:${identity.accessKeyId}`,
      }),
  };
  if (!settings) throw new S3Error("NoSuchBucket", undefined, { BucketName: bucket });
  if (operation.action && !call.isAllowed(operation.action)) throw new S3Error("AccessDenied");
  fault = options.fault?.({
    operation: operation.name,
    partNumber: query.get("partNumber"),
    bucket,
    key,
    principal,
    presigned,
  });
  if (fault?.kind === "throttle") throw new S3Error("SlowDown");
  if (fault?.kind === "reset" && fault.share === undefined) loseAnswer(response);
  await operation.run(call);
}

/** Splits a request target. Everything after the slash that follows the bucket is the key, even `..` and `//`. */
function parseAddress(url: string): { bucket: string; key: string; query: Map<string, string> } {
  try {
    const { path, query } = parseTarget(url);
    const [, bucket = "", key = ""] = /^\/([^/]*)\/?([\s\S]*)$/.exec(decodeURIComponent(path)) ?? [];
    if (Buffer.byteLength(key) > maxKeyBytes) {
      throw new S3Error("KeyTooLongError", undefined, { MaxSizeAllowed: String(maxKeyBytes) });
    }
    return { bucket, key, query: new Map(query) };
  } catch (error) {
    throw error instanceof URIError ? new S3Error("InvalidURI", undefined, { URI: url }) : error;
  }
}

function resourceArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}${key === "" ? "" : `/${key}`}`;
}

/** Answers with S3's error document, and reads the rest of the body: otherwise the client would not get the answer. */
function refuse({ request, response, requestId }: Exchange, error: unknown): void {
  if (response.headersSent || request.socket.destroyed) {
    response.destroy();
    return;
  }
  const known = error instanceof S3Error || error instanceof SignatureError;
  if (!known) console.error(error);
  const refusal = known ? error : new S3Error("InternalError");
  request.resume();
  const body = buildXml(
    "Error",
    {
      Code: refusal.code,
      Message: refusal.message,
      ...refusal.details,
      Resource: request.url?.split("?")[0],
      RequestId: requestId,
      HostId: String(response.getHeader("x-amz-id-2")),
    },
    { bare: true },
  );
  response.writeHead(refusal.status, { "content-type": "application/xml" });
  response.end(request.method === "HEAD" ? undefined : body);
}
