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

/** A refusal with the code, HTTP status and extra XML elements S3 answers with. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: string, message: string, details: Record<string, string> = {}, status = 403) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

interface Claim {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `yyyyMMdd'T'HHmmss'Z'`. */
  readonly date: string;
  readonly token: string | undefined;
  readonly presigned: boolean;
  readonly malformed: (message: string) => SignatureError;
}

const algorithm = "AWS4-HMAC-SHA256";
const unsignedPayload = "UNSIGNED-PAYLOAD";
const maxSkewMs = 15 * 60_000;
const maxExpiresSeconds = 7 * 24 * 3600;

/** Splits a request target into its raw path and its decoded query parameters, in order. */
export function parseTarget(url: string): { path: string; query: [name: string, value: string][] } {
  const mark = url.indexOf("?");
  if (mark < 0) return { path: url, query: [] };
  const query = url
    .slice(mark + 1)
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): [string, string] => {
      const equals = pair.indexOf("=");
      return equals < 0
        ? [decodeQuery(pair), ""]
        : [decodeQuery(pair.slice(0, equals)), decodeQuery(pair.slice(equals + 1))];
    });
  return { path: url.slice(0, mark), query };
}

/**
 * Verifies a header-signed or presigned request: AWS Signature Version 4,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 *
 * @throws {SignatureError} naming the first thing that is wrong
 * @throws {URIError} when the target is not percent-encoded UTF-8
 */
export function verifySignature(request: SignedRequest, verification: Verification): Identity {
  const { path, query } = parseTarget(request.url);
  const claim = readClaim(request, new Map(query));
  const credential = findCredential(claim, verification);
  const scope = checkScope(claim, verification);
  if (claim.presigned) checkExpiry(claim.date, new Map(query).get("X-Amz-Expires"), verification.now);
  else checkSkew(claim.date, verification.now);
  checkSignedHeaders(claim, request.headers);

  const payloadHash = request.payloadHash ?? claimedPayloadHash(request, claim, new Map(query));
  const canonicalRequest = [
    request.method,
    encodePath(verification.service === "s3" ? decodeURIComponent(path) : path),
    canonicalQuery(query.filter(([name]) => !(claim.presigned && name === "X-Amz-Signature"))),
    ...claim.signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name])}`),
    "",
    claim.signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
  const stringToSign = [algorithm, claim.date, scope, sha256(canonicalRequest)].join("\n");
  const expected = scope
    .split("/")
    .reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${credential.secretAccessKey}`);
  if (!equal(hmac(expected, stringToSign).toString("hex"), claim.signature)) {
    throw new SignatureError(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      {
        AWSAccessKeyId: credential.accessKeyId,
        StringToSign: stringToSign,
        SignatureProvided: claim.signature,
        CanonicalRequest: canonicalRequest,
      },
    );
  }
  const { principalArn, accessKeyId } = credential;
  return { principalArn, accessKeyId, presigned: claim.presigned, payloadHash };
}

function readClaim({ headers }: SignedRequest, query: ReadonlyMap<string, string>): Claim {
  const authorization = headers.authorization?.[0];
  const presigned = query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature");
  if (authorization && presigned) {
    throw new SignatureError(
      "InvalidArgument",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
      {},
      400,
    );
  }
  if (presigned) return claimOfQuery(query);
  if (authorization) return claimOfHeader(authorization, headers);
  throw new SignatureError("AccessDenied", "Access Denied");
}

function claimOfQuery(query: ReadonlyMap<string, string>): Claim {
  const malformed = (message: string) =>
    new SignatureError("AuthorizationQueryParametersError", message, {}, 400);
  const [name, credential, date, signedHeaders, signature] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
  ].map((parameter) => query.get(parameter));
  if (!name || !credential || !date || !signedHeaders || !signature || !query.has("X-Amz-Expires")) {
    throw malformed(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  if (name !== algorithm) throw malformed(`X-Amz-Algorithm only supports "${algorithm}"`);
  const token = query.get("X-Amz-Security-Token");
  return {
    credential,
    date,
    signedHeaders: signedHeaders.split(";"),
    signature,
    token,
    presigned: true,
    malformed,
  };
}

function claimOfHeader(authorization: string, headers: NodeJS.Dict<string[]>): Claim {
  const malformed = (message: string) =>
    new SignatureError(
      "AuthorizationHeaderMalformed",
      `The authorization header is malformed; ${message}`,
      {},
      400,
    );
  if (!authorization.startsWith(`${algorithm} `)) {
    throw new SignatureError(
      "InvalidRequest",
      `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
      {},
      400,
    );
  }
  const fields = new Map(
    authorization
      .slice(algorithm.length + 1)
      .split(",")
      .map((field): [string, string] => {
        const [name = "", ...value] = field.trim().split("=");
        return [name, value.join("=")];
      }),
  );
  const [credential, signedHeaders, signature] = ["Credential", "SignedHeaders", "Signature"].map((name) =>
    fields.get(name),
  );
  if (!credential || !signedHeaders || !signature) {
    throw malformed(
      "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
    );
  }
  const date = headers["x-amz-date"]?.[0];
  if (!date) {
    throw new SignatureError("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
  }
  const token = headers["x-amz-security-token"]?.[0];
  return {
    credential,
    date,
    signedHeaders: signedHeaders.split(";"),
    signature,
    token,
    presigned: false,
    malformed,
  };
}

function findCredential({ credential, token }: Claim, { credentials }: Verification): Credential {
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
    throw new SignatureError(
      "InvalidToken",
      "The provided token is malformed or otherwise invalid.",
      {},
      400,
    );
  }
  return found;
}

function checkScope({ credential, date, malformed }: Claim, { service, region }: Verification): string {
  const [, day, givenRegion, givenService, terminal, ...rest] = credential.split("/");
  if (terminal !== "aws4_request" || rest.length > 0) {
    throw malformed(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (givenRegion !== region) throw malformed(`the region '${givenRegion}' is wrong; expecting '${region}'`);
  if (givenService !== service) {
    throw malformed(`incorrect service "${givenService}". This endpoint belongs to "${service}".`);
  }
  if (day !== date.slice(0, 8))
    throw malformed("Invalid credential date. Date is not the same as X-Amz-Date.");
  return [day, region, service, terminal].join("/");
}

function parseDate(date: string): Date {
  const [, ...fields] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [year, month, day, hour, minute, second] = fields;
  const parsed = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(parsed.getTime())) {
    throw new SignatureError(
      "AccessDenied",
      `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'", but is "${date}"`,
    );
  }
  return parsed;
}

function checkSkew(date: string, now: Date): void {
  if (Math.abs(now.getTime() - parseDate(date).getTime()) <= maxSkewMs) return;
  throw new SignatureError(
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    { RequestTime: date, ServerTime: now.toISOString(), MaxAllowedSkewMilliseconds: String(maxSkewMs) },
  );
}

function checkExpiry(date: string, expires: string | undefined, now: Date): void {
  const seconds = Number(expires);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > maxExpiresSeconds) {
    throw new SignatureError(
      "AuthorizationQueryParametersError",
      `X-Amz-Expires must be a number of seconds from 0 to ${maxExpiresSeconds}, but is "${expires}"`,
      {},
      400,
    );
  }
  const signedAt = parseDate(date).getTime();
  if (signedAt - now.getTime() > maxSkewMs) {
    throw new SignatureError("AccessDenied", "Request is not valid yet", { "X-Amz-Date": date });
  }
  const end = new Date(signedAt + seconds * 1000);
  if (now > end) {
    throw new SignatureError("AccessDenied", "Request has expired", {
      "X-Amz-Expires": String(seconds),
      Expires: end.toISOString(),
      ServerTime: now.toISOString(),
    });
  }
}

/** Every `x-amz-*` header must be signed: otherwise a bearer of the URL could add options of his own. */
function checkSignedHeaders({ signedHeaders }: Claim, headers: NodeJS.Dict<string[]>): void {
  const unsigned = Object.keys(headers)
    .filter((name) => name === "host" || name.startsWith("x-amz-"))
    .filter((name) => !signedHeaders.includes(name));
  if (unsigned.length > 0) {
    throw new SignatureError(
      "AccessDenied",
      "There were headers present in the request which were not signed",
      { HeadersNotSigned: unsigned.join(", ") },
    );
  }
}

function claimedPayloadHash(
  { headers }: SignedRequest,
  { presigned }: Claim,
  query: ReadonlyMap<string, string>,
): string {
  const hash =
    headers["x-amz-content-sha256"]?.[0] ?? (presigned ? query.get("X-Amz-Content-Sha256") : undefined);
  if (hash) return hash;
  if (presigned) return unsignedPayload;
  throw new SignatureError(
    "InvalidRequest",
    "Missing required header for this request: x-amz-content-sha256",
    {},
    400,
  );
}

/** RFC 3986 encoding as AWS wants it: only unreserved characters stay. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function encodePath(path: string): string {
  return path.split("/").map(encodeUri).join("/");
}

function canonicalQuery(query: readonly [string, string][]): string {
  return query
    .map(([name, value]): [string, string] => [encodeUri(name), encodeUri(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function canonicalValue(values: readonly string[] = []): string {
  return values.map((value) => value.trim().replace(/\s+/g, " ")).join(",");
}

function decodeQuery(text: string): string {
  return decodeURIComponent(text.replaceAll("+", "%20"));
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
