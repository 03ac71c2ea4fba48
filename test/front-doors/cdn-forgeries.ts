import { get, long, type Row } from "./forgery.ts";
import { requestText } from "./raw-request.ts";

const paths = (id: string): Readonly<Record<string, string>> => ({
  "the receipt": `/receipts/${id}/jpg.json`,
  "the receipt by dots": `/../receipts/${id}/jpg.json`,
  "the receipt by encoded dots": `/%2e%2e/receipts/${id}/jpg.json`,
  "the receipt by dots encoded twice": `/%252e%252e/receipts/${id}/jpg.json`,
  "the receipt by encoded slashes": `/..%2freceipts%2f${id}%2fjpg.json`,
  "the receipt by backslashes": `/..\\receipts\\${id}\\jpg.json`,
  "the receipt by an encoded backslash": `/..%5creceipts/${id}/jpg.json`,
  "the receipt by the origin path": `/files/../receipts/${id}/jpg.json`,
  "the receipt by two slashes": `//receipts/${id}/jpg.json`,
  "the receipt from within the upload": `/${id}/jpg/../../../receipts/${id}/jpg.json`,
  "the receipt as a host": `http://x/../receipts/${id}/jpg.json`,
  "the list of the bucket": "/?list-type=2&prefix=receipts/",
  "a folder": `/${id}/`,
  "the upload itself": `/${id}/a.png`,
  "NUL at the end": `/${id}/jpg/a.jpg%00`,
  "a system file": "/../../../../etc/passwd",
});

/** Requests for objects of the outputs bucket that are not files, and requests other than reads. */
export const cdnForgeries: readonly Row[] = [
  ...Object.keys(paths("")).map(
    (name): Row => [name, "cdn", 404, ({ other }) => get(paths(other.id)[name] ?? "")],
  ),
  ["a path that is not UTF-8", "cdn", 400, () => get("/%ff")],
  ["half an escape", "cdn", 400, () => get("/%2")],
  ["a header over 16 kB", "cdn", 431, () => get("/a", { "x-long": long(20_000) })],
  ...["PUT", "POST", "DELETE", "PATCH", "TRACE"].map(
    (method): Row => [
      `the method ${method}`,
      "cdn",
      403,
      ({ other }) => requestText(`${method} /${other.id}/jpg/a.jpg HTTP/1.1`, { "content-length": "0" }),
    ],
  ),
  [
    "the receipt by X-Original-URL",
    "cdn",
    404,
    ({ other }) =>
      get("/a", { "x-original-url": `/receipts/${other.id}/jpg.json`, "x-forwarded-host": "evil.example" }),
  ],
];
