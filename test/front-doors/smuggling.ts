import type { Door, Row } from "./forgery.ts";
import { requestText } from "./raw-request.ts";

const smuggled = "GET /uploads/smuggled HTTP/1.1\r\nhost: a\r\n\r\n";

/**
 * Returns requests that two servers in a chain could read differently,
 * https://www.rfc-editor.org/rfc/rfc9112#section-11.2.
 */
export function smuggling(door: Door): Row[] {
  const target = door === "s3" ? "PUT /uploads/a" : door === "cdn" ? "GET /a" : "POST /uploads";
  const text = (headers: Readonly<Record<string, string>>, rest: string) => () =>
    requestText(`${target} HTTP/1.1`, { connection: "keep-alive", ...headers }, rest);
  // The CDN answers a GET before it reads the body.
  const ofBody = door === "cdn" ? 404 : 400;
  return [
    [
      "Content-Length and Transfer-Encoding",
      door,
      400,
      text({ "content-length": "4", "transfer-encoding": "chunked" }, `0\r\n\r\n${smuggled}`),
    ],
    [
      "two lengths",
      door,
      400,
      () =>
        `${target} HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: ${smuggled.length}\r\n\r\n${smuggled}`,
    ],
    ["a length with a plus sign", door, 400, text({ "content-length": "+4" }, smuggled)],
    [
      "an unknown transfer coding",
      door,
      ofBody,
      text({ "transfer-encoding": "xchunked" }, `0\r\n\r\n${smuggled}`),
    ],
    [
      "a chunk without a size",
      door,
      ofBody,
      text({ "transfer-encoding": "chunked" }, "zz\r\nab\r\n0\r\n\r\n"),
    ],
    [
      "a space before a colon",
      door,
      400,
      () => `${target} HTTP/1.1\r\nhost: a\r\ncontent-length : 4\r\n\r\n${smuggled}`,
    ],
    ["a folded header", door, 400, () => `${target} HTTP/1.1\r\nhost: a\r\nx: 1\r\n y: 2\r\n\r\n${smuggled}`],
    ["a bare line feed", door, 400, () => `${target} HTTP/1.1\nhost: a\n\n${smuggled}`],
    ["NUL in a header", door, 400, () => `${target} HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n`],
    ["no Host header", door, 400, () => `${target} HTTP/1.1\r\nconnection: close\r\n\r\n`],
    ["HTTP/3.0", door, 400, () => `${target} HTTP/3.0\r\nhost: a\r\n\r\n`],
    ["bytes that are not HTTP", door, 400, () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ];
}
