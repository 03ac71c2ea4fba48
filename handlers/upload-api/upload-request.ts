import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as v from "valibot";
import type { UploadRequest } from "../../contract/upload-api.ts";
import { parseContentType } from "./content-type.ts";
import { Problem } from "./problem.ts";

const maxFilenameLength = 1024;

const sha256 = v.pipe(
  v.string(),
  v.regex(/^([0-9a-fA-F]{64}|[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/),
  v.transform((digest) => (digest.length === 64 ? Buffer.from(digest, "hex").toString("base64") : digest)),
);

const contentType = v.pipe(v.string(), v.transform(parseContentType), v.string());

const uploadRequest = v.strictObject({
  filename: v.pipe(v.string(), v.minLength(1), v.maxLength(maxFilenameLength)),
  contentType,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256: v.optional(sha256),
});

const allowed: Readonly<Record<string, string>> = {
  filename: `a string of 1 to ${maxFilenameLength} characters`,
  contentType: 'a media type such as "image/png"',
  size: "the number of bytes, a whole number",
  sha256: "the file's SHA-256, 64 hexadecimal digits or 44 characters of base64, or nothing",
};

function parseJson({ body = "", isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem(400, "invalid-json", `The body is not JSON: ${error.message}`);
  }
}

/** Returns the JSON pointer of a field as a URI fragment, RFC 6901 section 6. */
function pointerTo(field: string): string {
  return `#/${encodeURIComponent(field.replaceAll("~", "~0").replaceAll("/", "~1"))}`;
}

function describe(field: string): string {
  if (Object.hasOwn(allowed, field)) return `Expected ${allowed[field]}`;
  return `Unknown field; allowed are ${Object.keys(allowed).join(", ")}`;
}

/**
 * Returns the request with its `contentType` under the registered name and its `sha256` in base64.
 *
 * @throws {Problem} 400, which names every field that is missing, wrong or unknown
 */
export function parseUploadRequest(event: APIGatewayProxyEventV2): UploadRequest {
  const body = parseJson(event);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Problem(400, "invalid-request", "The body is not a JSON object");
  }
  const result = v.safeParse(uploadRequest, body);
  if (result.success) return result.output;
  const fields = new Set(result.issues.map((issue) => String(issue.path?.[0]?.key)));
  const errors = [...fields].map((field) => ({ pointer: pointerTo(field), detail: describe(field) }));
  const detail = `These fields are missing, wrong or unknown: ${[...fields].join(", ")}`;
  throw new Problem(400, "invalid-request", detail, { errors });
}
