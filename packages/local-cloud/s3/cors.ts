import type { IncomingHttpHeaders } from "node:http";
import { S3Error } from "./errors.ts";

/** A rule of `aws.s3.BucketCorsConfiguration`. Origins and headers may contain one `*`. */
export interface CorsRule {
  readonly allowedMethods: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

/**
 * Returns the headers of the answer to a preflight request,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html.
 *
 * @throws {S3Error} `AccessForbidden` when no rule allows the request, `BadRequest` when it is not a preflight request
 */
export function preflightHeaders(
  rules: readonly CorsRule[] = [],
  headers: IncomingHttpHeaders,
): Record<string, string> {
  const { origin } = headers;
  const method = headers["access-control-request-method"];
  if (!origin || !method) throw new S3Error("BadRequest");
  const requested = (headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase());
  const allowed = allow(rules, { origin, method, headers: requested.filter((name) => name !== "") });
  if (allowed) return allowed;
  const reason =
    rules.length === 0 ? "CORS is not enabled for this bucket." : "This CORS request is not allowed.";
  throw new S3Error("AccessForbidden", `CORSResponse: ${reason}`, { Method: method, ResourceType: "OBJECT" });
}

/**
 * Returns the headers with which a browser lets a page read the answer to its request; none unless a rule allows the
 * origin and the method.
 */
export function actualHeaders(
  rules: readonly CorsRule[] = [],
  method: string,
  { origin }: IncomingHttpHeaders,
): Record<string, string> {
  return (origin && allow(rules, { origin, method, headers: [] })) || {};
}

/** Returns the headers of the first rule that allows the request. */
function allow(
  rules: readonly CorsRule[],
  { origin, method, headers }: { origin: string; method: string; headers: readonly string[] },
): Record<string, string> | undefined {
  for (const rule of rules) {
    const allowedOrigin = rule.allowedOrigins.find((pattern) => matches(pattern, origin));
    const allowed =
      allowedOrigin &&
      rule.allowedMethods.includes(method) &&
      headers.every((header) =>
        rule.allowedHeaders?.some((pattern) => matches(pattern.toLowerCase(), header)),
      );
    if (!allowed) continue;
    return {
      "Access-Control-Allow-Origin": allowedOrigin === "*" ? "*" : origin,
      "Access-Control-Allow-Methods": rule.allowedMethods.join(", "),
      ...(headers.length > 0 && { "Access-Control-Allow-Headers": headers.join(", ") }),
      ...(rule.exposeHeaders?.length && { "Access-Control-Expose-Headers": rule.exposeHeaders.join(", ") }),
      ...(rule.maxAgeSeconds !== undefined && { "Access-Control-Max-Age": String(rule.maxAgeSeconds) }),
      ...(allowedOrigin !== "*" && { "Access-Control-Allow-Credentials": "true" }),
      Vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    };
  }
  return undefined;
}

function matches(pattern: string, value: string): boolean {
  const [prefix = "", suffix] = pattern.split("*");
  if (suffix === undefined) return pattern === value;
  return value.length >= prefix.length + suffix.length && value.startsWith(prefix) && value.endsWith(suffix);
}
