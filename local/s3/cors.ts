/** A rule of `aws.s3.BucketCorsConfiguration`; origins and headers may hold one `*`. */
export interface CorsRule {
  readonly allowedMethods: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

export interface CorsRequest {
  readonly origin: string;
  readonly method: string;
  /** Lower-case; those a preflight asks for. */
  readonly headers: readonly string[];
}

/** The Access-Control headers of the first rule that allows the request, or undefined when none does. */
export function corsHeaders(
  rules: readonly CorsRule[],
  { origin, method, headers }: CorsRequest,
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
