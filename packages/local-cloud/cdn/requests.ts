import type { IncomingHttpHeaders } from "node:http";
import type { ByteRange } from "../s3/blob-file.ts";

type Headers = Readonly<Record<string, string>>;

/**
 * The one byte range asked for; undefined when there is none, when it is of a form served whole (several
 * ranges), or when `If-Range` names another version: RFC 9110 section 14.
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

/** Whether the client's copy is current: If-None-Match first, If-Modified-Since only without it. */
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
