import { get, long, putText, type Row, withQuery } from "./forgery.ts";
import { requestText } from "./raw-request.ts";
import { body } from "./scene.ts";

/** Requests without a signature, and changed requests of one presigned URL. */
export const s3Forgeries: readonly Row[] = [
  ["no signature", "s3", 403, ({ bucket, otherKey }) => get(`/${bucket}/${otherKey}`)],
  [
    "no signature, absolute form",
    "s3",
    403,
    ({ bucket, otherKey, urls }) => get(`${urls.s3}/${bucket}/${otherKey}`),
  ],
  [
    "no signature, HTTP/1.0",
    "s3",
    403,
    ({ bucket, otherKey }) => requestText(`GET /${bucket}/${otherKey} HTTP/1.0`),
  ],
  ["the list of buckets", "s3", 403, () => get("/")],
  ["the list of a bucket", "s3", 403, ({ bucket }) => get(`/${bucket}?list-type=2`)],
  ["a receipt", "s3", 403, ({ outputs, other }) => get(`/${outputs}/receipts/${other.id}/jpg.json`)],
  [
    "a file behind the CDN",
    "s3",
    403,
    ({ outputs, other }) => get(`/${outputs}/files/${other.id}/jpg/a.jpg`),
  ],
  [
    "a form upload",
    "s3",
    403,
    ({ bucket }) =>
      requestText(`POST /${bucket} HTTP/1.1`, {
        "content-length": "0",
        "content-type": "multipart/form-data; boundary=x",
      }),
  ],
  [
    "another key",
    "s3",
    403,
    (scene) => putText(scene, { target: scene.target.replace("own.png", "owm.png") }),
  ],
  [
    "another upload's key",
    "s3",
    403,
    (scene) => putText(scene, { target: scene.target.replace(scene.own.id, scene.other.id) }),
  ],
  [
    "another bucket",
    "s3",
    403,
    (scene) => putText(scene, { target: scene.target.replace(scene.bucket, scene.outputs) }),
  ],
  [
    "a key with dots",
    "s3",
    403,
    (scene) => putText(scene, { target: scene.target.replace(scene.own.id, `x/../${scene.own.id}`) }),
  ],
  [
    "a key encoded twice",
    "s3",
    403,
    (scene) => putText(scene, { target: scene.target.replace("own.png", "own%252Epng") }),
  ],
  [
    "a key with NUL",
    "s3",
    403,
    (scene) => putText(scene, { target: scene.target.replace("own.png", "own.png%00") }),
  ],
  [
    "a key that is not UTF-8",
    "s3",
    400,
    (scene) => putText(scene, { target: scene.target.replace("own.png", "%ff%fe") }),
  ],
  ["another method", "s3", 403, (scene) => putText(scene, { method: "DELETE" })],
  [
    "a read with the URL of a write",
    "s3",
    403,
    (scene) => get(scene.target, { host: new URL(scene.urls.s3).host }),
  ],
  ["another length", "s3", 403, (scene) => putText(scene, { body: `${body}!` })],
  ["another type", "s3", 403, (scene) => putText(scene, { headers: { "content-type": "text/html" } })],
  ["another host", "s3", 403, (scene) => putText(scene, { headers: { host: "evil.example" } })],
  [
    "a write that replaces the file",
    "s3",
    403,
    (scene) => putText(scene, { headers: { "if-none-match": '"x"' } }),
  ],
  ["an access list", "s3", 403, (scene) => putText(scene, { headers: { "x-amz-acl": "public-read" } })],
  [
    "metadata that is not signed",
    "s3",
    403,
    (scene) => putText(scene, { headers: { "x-amz-meta-role": "admin" } }),
  ],
  [
    "a copy of another file",
    "s3",
    403,
    (scene) => putText(scene, { headers: { "x-amz-copy-source": `${scene.bucket}/${scene.otherKey}` } }),
  ],
  [
    "an access list in the query",
    "s3",
    403,
    (scene) => putText(scene, { target: withQuery(scene.target, "x-amz-acl", "public-read") }),
  ],
  ["another operation", "s3", 403, (scene) => putText(scene, { target: `${scene.target}&acl` })],
  [
    "a part instead of the file",
    "s3",
    403,
    (scene) => putText(scene, { target: `${scene.target}&partNumber=1&uploadId=x` }),
  ],
  [
    "a preflight request of another origin",
    "s3",
    403,
    ({ bucket }) =>
      requestText(`OPTIONS /${bucket}/a HTTP/1.1`, {
        origin: "https://evil.example",
        "access-control-request-method": "PUT",
      }),
  ],
  [
    "a preflight request for a deletion",
    "s3",
    403,
    ({ bucket }) =>
      requestText(`OPTIONS /${bucket}/a HTTP/1.1`, {
        origin: "http://localhost",
        "access-control-request-method": "DELETE",
      }),
  ],
  ["a header over 16 kB", "s3", 431, ({ bucket }) => get(`/${bucket}/a`, { "x-long": long(20_000) })],
  ["a key over 1,024 bytes", "s3", 400, ({ bucket }) => get(`/${bucket}/${long(1025)}`)],
];
