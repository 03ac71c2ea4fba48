import type { IncomingHttpHeaders } from "node:http";
import type { ByteRange } from "../s3/blob-file.ts";

type Headers = Readonly<Record<string, string>>;

/**
 * Returns the requested byte range (RFC 9110, section 14). Returns undefined when the whole body is the answer: without
 * a range, with several ranges, or when `If-Range` names another version.
 */
export function parseRange(
  request: IncomingHttpHeaders,
  response: Headers,
  bytes: number,
): ByteRange | "unsatisfiable" | undefined {
  const ifRange = request["if-range"];
  if (ifRange !== undefined && ifRange !== response.etag && ifRange !== response["last-modified"])
    return undefined;
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.range ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const start = match[1] === "" ? Math.max(0, bytes - Number(match[2])) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? bytes - 1 : Math.min(Number(match[2]), bytes - 1);
  return start > end ? "unsatisfiable" : { start, end };
}

/** Returns true when the client's copy is current. If-Modified-Since counts only without If-None-Match. */
export function isCopyCurrent(request: IncomingHttpHeaders, response: Headers): boolean {
  const noneMatch = request["if-none-match"];
  if (noneMatch !== undefined) {
    return (
      noneMatch === "*" ||
      noneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === response.etag)
    );
  }
  const since = request["if-modified-since"];
  const modified = response["last-modified"];
  return since !== undefined && modified !== undefined && Date.parse(modified) <= Date.parse(since);
}
