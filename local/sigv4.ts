import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Credential, Credentials } from "./credentials.ts";

/** One HTTP request as far as its signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** The request target as received, still percent-encoded, with its query. */
  readonly url: string;
  /** `IncomingMessage.headersDistinct`. */
  readonly headers: NodeJS.Dict<string[]>;
  /** Hex SHA-256 of the body; by default what `x-amz-content-sha256` claims, or UNSIGNED-PAYLOAD if presigned. */
  readonly payloadHash?: string;
}

export interface Verification {
  /** Service and region the credential must be scoped to. */
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly now: Date;
}

/** Who signed a request, and how. */
export interface Identity {
  readonly principalArn: string;
  readonly accessKeyId: string;
  readonly presigned: boolean;
  readonly payloadHash: string;
}

const forbidden = new Set([
  "AccessDenied",
  "InvalidAccessKeyId",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** A refusal with the code, HTTP status (403, or 400 when malformed) and extra XML elements S3 answers with. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: string, message: string, details: Record<string, string> = {}) {
    super(message);
    this.code = code;
    this.status = forbidden.has(code) ? 403 : 400;
    this.details = details;
  }
}

interface Claim {
  readonly presigned: boolean;
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `yyyyMMdd'T'HHmmss'Z'`. */
  readonly date: string;
  readonly expires: string | undefined;
  readonly token: string | undefined;
  readonly payloadHash: string | undefined;
}

const algorithm = "AWS4-HMAC-SHA256";
const maxSkewMs = 15 * 60_000;
const maxExpiresSeconds = 7 * 24 * 3600;

/**
 * Verifies a header-signed or presigned request: AWS Signature Version 4,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 *
 * @throws {SignatureError} naming the first thing that is wrong
 * @throws {URIError} when the target is not percent-encoded UTF-8
 */
export function verifySignature(request: SignedRequest, verification: Verification): Identity {
  const { path, query } = parseTarget(request.url);
  const claim = readClaim(request.headers, new Map(query));
  const credential = findCredential(claim, verification.credentials);
  const scope = checkScope(claim, verification);
  checkTime(claim, verification.now);
  checkSignedHeaders(claim, request.headers);

  const payloadHash =
    request.payloadHash ?? claim.payloadHash ?? (claim.presigned ? "UNSIGNED-PAYLOAD" : undefined);
  if (!payloadHash) {
    throw new SignatureError(
      "InvalidRequest",
      "Missing required header for this request: x-amz-content-sha256",
    );
  }
  const canonicalRequest = [
    request.method,
    encodePath(verification.service === "s3" ? decodeURIComponent(path) : path),
    canonicalQuery(query.filter(([name]) => name !== "X-Amz-Signature")),
    ...claim.signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name])}`),
    "",
    claim.signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
  const stringToSign = [algorithm, claim.date, scope, sha256(canonicalRequest)].join("\n");
  let key: string | Buffer = `AWS4${credential.secretAccessKey}`;
  for (const part of scope.split("/")) key = hmac(key, part);
  if (!equal(hmac(key, stringToSign).toString("hex"), claim.signature)) {
    throw new SignatureError(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      { SignatureProvided: claim.signature, StringToSign: stringToSign, CanonicalRequest: canonicalRequest },
    );
  }
  const { principalArn, accessKeyId } = credential;
  return { principalArn, accessKeyId, presigned: claim.presigned, payloadHash };
}

/** Splits a request target into its raw path and its decoded query parameters, in order. */
export function parseTarget(url: string): { path: string; query: [name: string, value: string][] } {
  const [, path = "", search = ""] = /^([^?]*)\??(.*)$/.exec(url) ?? [];
  const decode = (text: string) => decodeURIComponent(text.replaceAll("+", "%20"));
  const query = search
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): [string, string] => {
      const [name = "", ...value] = pair.split("=");
      return [decode(name), decode(value.join("="))];
    });
  return { path, query };
}

/** RFC 3986 encoding as AWS wants it: only unreserved characters and the slashes stay. */
export function encodePath(path: string): string {
  return path.split("/").map(encode).join("/");
}

function readClaim(headers: NodeJS.Dict<string[]>, query: ReadonlyMap<string, string>): Claim {
  const authorization = headers.authorization?.[0];
  const presigned = query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature");
  if (!authorization && !presigned) throw new SignatureError("AccessDenied", "Access Denied");
  if (authorization && presigned) {
    throw new SignatureError(
      "InvalidArgument",
      "Only one auth mechanism allowed: query parameters or Authorization",
    );
  }
  const [, scheme = "", list = ""] = /^(\S+)\s+(.*)$/.exec(authorization ?? "") ?? [];
  const fields = new Map([
    ["Algorithm", scheme],
    ...[...list.matchAll(/(\w+)=([^,\s]+)/g)].map(([, name = "", value = ""]) => [name, value] as const),
  ]);
  const read = (name: string) =>
    presigned
      ? query.get(`X-Amz-${name}`)
      : (fields.get(name) ?? headers[`x-amz-${name.toLowerCase()}`]?.[0]);
  const [given, credential, signedHeaders, signature, date] = [
    "Algorithm",
    "Credential",
    "SignedHeaders",
    "Signature",
    "Date",
  ].map(read);
  if (given !== algorithm) {
    throw new SignatureError(
      "InvalidRequest",
      `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
    );
  }
  if (!credential || !signedHeaders || !signature || !date) {
    throw malformed(presigned, "Credential, SignedHeaders, Signature and X-Amz-Date are required");
  }
  return {
    presigned,
    credential,
    signedHeaders: signedHeaders.split(";"),
    signature,
    date,
    expires: read("Expires"),
    token: read("Security-Token"),
    payloadHash: read("Content-Sha256"),
  };
}

function findCredential({ credential, token }: Claim, credentials: Credentials): Credential {
  const accessKeyId = credential.split("/")[0] ?? "";
  const found = credentials.find(accessKeyId);
  if (!found || (found.sessionToken && !token)) {
    throw new SignatureError(
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
      { AWSAccessKeyId: accessKeyId },
    );
  }
  if (token !== found.sessionToken) {
    throw new SignatureError("InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  return found;
}

/** The scope: day, region, service and terminator. */
function checkScope({ credential, date, presigned }: Claim, { service, region }: Verification): string {
  const [, day, givenRegion, givenService, terminator, ...rest] = credential.split("/");
  if (terminator !== "aws4_request" || rest.length > 0) {
    throw malformed(
      presigned,
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (givenRegion !== region) {
    throw malformed(presigned, `the region '${givenRegion}' is wrong; expecting '${region}'`);
  }
  if (givenService !== service) {
    throw malformed(presigned, `incorrect service "${givenService}". This endpoint belongs to "${service}".`);
  }
  if (day !== date.slice(0, 8))
    throw malformed(presigned, "Invalid credential date. Date is not the same as X-Amz-Date.");
  return [day, region, service, terminator].join("/");
}

function checkTime({ presigned, date, expires }: Claim, now: Date): void {
  const signedAt = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Number.isNaN(signedAt))
    throw malformed(presigned, `X-Amz-Date must be yyyyMMdd'T'HHmmss'Z', but is "${date}"`);
  const server = { ServerTime: now.toISOString() };
  if (!presigned) {
    if (Math.abs(now.getTime() - signedAt) <= maxSkewMs) return;
    throw new SignatureError(
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      { RequestTime: date, ...server },
    );
  }
  const seconds = Number(expires);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > maxExpiresSeconds) {
    throw malformed(
      presigned,
      `X-Amz-Expires must be a number of seconds from 0 to ${maxExpiresSeconds}, but is "${expires}"`,
    );
  }
  const end = new Date(signedAt + seconds * 1000);
  if (signedAt - now.getTime() > maxSkewMs)
    throw new SignatureError("AccessDenied", "Request is not valid yet", server);
  if (now > end)
    throw new SignatureError("AccessDenied", "Request has expired", {
      Expires: end.toISOString(),
      ...server,
    });
}

/** Every `x-amz-*` header must be signed: otherwise a bearer of the URL could add options of their own. */
function checkSignedHeaders({ signedHeaders }: Claim, headers: NodeJS.Dict<string[]>): void {
  const unsigned = Object.keys(headers)
    .filter((name) => name === "host" || name.startsWith("x-amz-"))
    .filter((name) => !signedHeaders.includes(name));
  if (unsigned.length === 0) return;
  throw new SignatureError(
    "AccessDenied",
    "There were headers present in the request which were not signed",
    { HeadersNotSigned: unsigned.join(", ") },
  );
}

function malformed(presigned: boolean, message: string): SignatureError {
  return presigned
    ? new SignatureError("AuthorizationQueryParametersError", message)
    : new SignatureError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${message}`);
}

function canonicalQuery(query: readonly [string, string][]): string {
  const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return query
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function canonicalValue(values: readonly string[] = []): string {
  return values.map((value) => value.trim().replace(/\s+/g, " ")).join(",");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
