import { announce, get, long, postText, type Row } from "./forgery.ts";
import { requestText } from "./raw-request.ts";

/** Requests that the API or the function behind it must refuse. */
export const apiForgeries: readonly Row[] = [
  [
    "JSON with __proto__",
    "api",
    400,
    () => postText(`{"__proto__":{"size":1},"filename":"a.png","contentType":"image/png","size":1}`),
  ],
  [
    "JSON that is all __proto__",
    "api",
    400,
    () => postText(`{"__proto__":{"filename":"a.png","contentType":"image/png","size":1}}`),
  ],
  ["JSON with constructor", "api", 400, () => announce({ constructor: { prototype: {} } })],
  ["JSON with a million levels", "api", 400, () => postText("[".repeat(1_000_000))],
  [
    "an object with 100,000 levels",
    "api",
    400,
    () => postText(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`),
  ],
  [
    "a filename with 100,000 levels",
    "api",
    400,
    () => postText(`{"filename":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
  ],
  [
    "a key that occurs twice, the second time with a wrong value",
    "api",
    400,
    () => postText(`{"filename":"a.png","contentType":"image/png","size":1,"size":-1}`),
  ],
  [
    "a size of 1e400",
    "api",
    400,
    () => postText(`{"filename":"a.png","contentType":"image/png","size":1e400}`),
  ],
  [
    "a size beyond the safe integers",
    "api",
    400,
    () => postText(`{"filename":"a.png","contentType":"image/png","size":9007199254740993}`),
  ],
  [
    "a size of 400 digits",
    "api",
    400,
    () => postText(`{"filename":"a.png","contentType":"image/png","size":${"9".repeat(400)}}`),
  ],
  ["a size over the limit", "api", 413, () => announce({ size: 2 ** 50 })],
  [
    "a type that is followed by a header",
    "api",
    400,
    () => announce({ contentType: "image/png\r\nx-amz-acl: public-read" }),
  ],
  ["a range of types", "api", 400, () => announce({ contentType: "image/*" })],
  [
    "JSON in UTF-16",
    "api",
    400,
    () =>
      postText(Buffer.from(`{"size":1}`, "utf16le").toString("latin1"), {
        "content-type": "application/json; charset=utf-16",
      }),
  ],
  ["JSON after a byte order mark", "api", 400, () => postText(`\ufeff{"size":1}`)],
  [
    "a form",
    "api",
    400,
    () => postText("filename=a.png&size=1", { "content-type": "application/x-www-form-urlencoded" }),
  ],
  ["no body", "api", 400, () => postText("")],
  ["a body over 10 MB", "api", 413, () => postText(long(10 * 2 ** 20 + 1))],
  ["a header over 16 kB", "api", 431, () => get("/uploads/x", { "x-long": long(20_000) })],
  [
    "a thousand headers",
    "api",
    431,
    () => get("/uploads/x", Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`x-${n}`, "1"]))),
  ],
  ["a target over 16 kB", "api", 431, () => get(`/uploads/${long(20_000)}`)],
  ["an id of another form", "api", 404, () => get("/uploads/..%2f..%2freceipts")],
  ["an id with NUL", "api", 404, () => get("/uploads/%00")],
  ["an id that is SQL", "api", 404, () => get("/uploads/'%20OR%201=1--")],
  ["an id in capitals", "api", 404, ({ other }) => get(`/uploads/${other.id.toUpperCase()}`)],
  ["a prefix of an id", "api", 404, ({ other }) => get(`/uploads/${other.id.slice(0, 8)}`)],
  ["an unknown id", "api", 404, () => get("/uploads/00000000-0000-7000-8000-000000000000")],
  ["the list of uploads", "api", 404, () => get("/uploads")],
  ["a path with dots", "api", 404, ({ other }) => get(`/x/../uploads/${other.id}`)],
  ["a path with encoded dots", "api", 404, ({ other }) => get(`/x/%2e%2e/uploads/${other.id}`)],
  ["a path that starts with a host", "api", 404, ({ other }) => get(`//evil.example/uploads/${other.id}`)],
  ["a path that is not a URL", "api", 404, () => get("//[")],
  ["a target without a slash", "api", 400, () => get("uploads")],
  ["an asterisk as the target", "api", 400, () => requestText("OPTIONS * HTTP/1.1")],
  ...["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "HEAD"].map(
    (method): Row => [
      `the method ${method}`,
      "api",
      404,
      ({ other }) => requestText(`${method} /uploads/${other.id} HTTP/1.1`),
    ],
  ),
  ["an unknown method", "api", 400, () => requestText("STEAL /uploads HTTP/1.1")],
  [
    "an override of the method",
    "api",
    404,
    ({ other }) =>
      get("/uploads", { "x-http-method-override": "POST", "x-original-url": `/uploads/${other.id}` }),
  ],
];
