import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { sendBody } from "../send-body.ts";
import { type CachedResponse, ResponseCache } from "./cache.ts";
import { type Behavior, behaviorFor, type DistributionSettings, secondsToCache } from "./distribution.ts";
import { isCopyCurrent, parseRange } from "./requests.ts";
import { type Refusal, refusalOf, type TrustedKeys } from "./signed-urls.ts";

/** An object that an origin serves. */
export interface OriginObject {
  readonly bytes: number;
  /** The headers of the response: content-type, etag, last-modified, cache-control … */
  readonly headers: Readonly<Record<string, string>>;
  /** Streams the object, or a range of it; both positions are included. */
  read(range?: { readonly start: number; readonly end: number }): Readable;
}

/**
 * Returns the object at a decoded path such as `/a/b.jpg`. Returns undefined when it does not exist or the bucket
 * policy does not let the distribution read it; CloudFront answers 403 to both.
 */
export type Origin = (path: string) => OriginObject | undefined;

/** Larger bodies are not cached. */
const maxCachedBodyBytes = 8 * 2 ** 20;
const cacheBytes = 64 * 2 ** 20;
const forbidden = Buffer.from(errorXml({ code: "AccessDenied", message: "Access denied" }));

/**
 * Returns a CDN in front of its origins, which are given by id. It follows the declared caching, error pages, response
 * headers and trusted keys, and supports ranges and conditional requests. It does not listen yet.
 */
export function createCdn(
  settings: DistributionSettings,
  origins: Readonly<Record<string, Origin>>,
  now: () => number,
): Server {
  const cache = new ResponseCache(cacheBytes);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requested = decodePath(request.url ?? "/");
    if (requested === undefined) {
      response.writeHead(400).end();
      return;
    }
    const path = requested === "/" ? `/${settings.defaultRootObject ?? ""}` : requested;
    const behavior = behaviorFor(settings, path);
    for (const [name, value] of Object.entries(behavior.headers)) response.setHeader(name, value);
    if (!behavior.allowedMethods.includes(request.method ?? "")) {
      response.writeHead(403).end();
      return;
    }
    const refusal = behavior.trustedKeys && refusalOfRequest(request, behavior.trustedKeys);
    if (refusal) {
      response.writeHead(403, { "content-type": "application/xml" }).end(errorXml(refusal));
      return;
    }
    const cached = cache.get(path, now());
    if (cached) {
      const age = String(Math.floor((now() - cached.storedAt) / 1000));
      sendCached(request, response, cached, {
        "x-cache": cached.status < 400 ? "Hit from cloudfront" : "Error from cloudfront",
        age,
      });
      return;
    }
    await serveFromOrigin(path, behavior, request, response);
  }

  async function serveFromOrigin(
    path: string,
    behavior: Behavior,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const object = objectAt(path);
    if (object && object.bytes > maxCachedBodyBytes) {
      await sendUncached(request, response, object);
      return;
    }
    const fetched = object ? await responseWith(object, behavior) : await errorResponse();
    if (fetched.expiresAt > fetched.storedAt) cache.put(path, fetched);
    sendCached(request, response, fetched, {
      "x-cache": fetched.status < 400 ? "Miss from cloudfront" : "Error from cloudfront",
    });
  }

  function refusalOfRequest(request: IncomingMessage, trusted: TrustedKeys): Refusal | undefined {
    const url = `http://${request.headers.host}${request.url}`;
    return refusalOf({ url, sourceIp: request.socket.remoteAddress ?? "", now: now() }, trusted);
  }

  function objectAt(path: string): OriginObject | undefined {
    return origins[behaviorFor(settings, path).originId]?.(path);
  }

  async function responseWith(object: OriginObject, behavior: Behavior): Promise<CachedResponse> {
    const storedAt = now();
    const expiresAt = storedAt + secondsToCache(object.headers["cache-control"], behavior.ttl) * 1000;
    return { status: 200, headers: object.headers, body: await buffer(object.read()), storedAt, expiresAt };
  }

  async function errorResponse(): Promise<CachedResponse> {
    const storedAt = now();
    const mapped = settings.customErrors.find(({ errorCode }) => errorCode === 403);
    const page = mapped && objectAt(mapped.responsePagePath);
    return {
      status: mapped?.responseCode ?? 403,
      headers: { "content-type": page?.headers["content-type"] ?? "application/xml" },
      body: page ? await buffer(page.read()) : forbidden,
      storedAt,
      expiresAt: storedAt + (mapped?.errorCachingMinTtl ?? 0) * 1000,
    };
  }

  return createServer((request, response) => {
    serve(request, response).catch((error: Error) => response.destroy(error));
  });
}

function errorXml({ code, message }: Refusal): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

/** Returns the decoded path with its leading slash; undefined when it is not valid percent-encoding. */
function decodePath(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split("?", 1)[0] ?? "/");
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function sendCached(
  request: IncomingMessage,
  response: ServerResponse,
  cached: CachedResponse,
  headers: Record<string, string>,
): void {
  const { status, body } = cached;
  const range = status === 200 ? parseRange(request.headers, cached.headers, body.length) : undefined;
  const slice = range && range !== "unsatisfiable" ? body.subarray(range.start, range.end + 1) : body;
  if (
    writeHead(request, response, {
      status,
      headers: { ...cached.headers, ...headers },
      bytes: body.length,
      range,
    })
  ) {
    response.end(slice);
  }
}

async function sendUncached(
  request: IncomingMessage,
  response: ServerResponse,
  object: OriginObject,
): Promise<void> {
  const range = parseRange(request.headers, object.headers, object.bytes);
  const headers = { ...object.headers, "x-cache": "Miss from cloudfront" };
  if (writeHead(request, response, { status: 200, headers, bytes: object.bytes, range })) {
    await sendBody(object.read(range === "unsatisfiable" ? undefined : range), response);
  }
}

/** Writes status and headers. Returns true when a body follows, and otherwise ends the response. */
function writeHead(
  request: IncomingMessage,
  response: ServerResponse,
  {
    status,
    headers,
    bytes,
    range,
  }: {
    status: number;
    headers: Readonly<Record<string, string>>;
    bytes: number;
    range: ReturnType<typeof parseRange>;
  },
): boolean {
  if (status === 200 && isCopyCurrent(request.headers, headers)) {
    response.writeHead(304, headers).end();
    return false;
  }
  if (range === "unsatisfiable") {
    response.writeHead(416, { ...headers, "content-range": `bytes */${bytes}` }).end();
    return false;
  }
  const length = range ? range.end - range.start + 1 : bytes;
  response.writeHead(range ? 206 : status, {
    ...headers,
    "accept-ranges": "bytes",
    "content-length": length,
    ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${bytes}` } : {}),
  });
  if (request.method !== "HEAD") return true;
  response.end();
  return false;
}
