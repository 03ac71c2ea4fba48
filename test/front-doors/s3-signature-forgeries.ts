import { get, putText, type Row, withQuery } from "./forgery.ts";

/** Requests with changes in the signature of one presigned URL. */
export const s3SignatureForgeries: readonly Row[] = [
  [
    "a later expiry",
    "s3",
    403,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Expires", "604800") }),
  ],
  [
    "an expiry after more than a week",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Expires", "604801") }),
  ],
  [
    "a negative expiry",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Expires", "-1") }),
  ],
  [
    "a later date",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Date", "20991231T235959Z") }),
  ],
  [
    "a date of another form",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Date", "now") }),
  ],
  [
    "another region",
    "s3",
    400,
    (scene) => putText(scene, { target: scene.target.replace("ap-northeast-1", "us-east-1") }),
  ],
  [
    "another service",
    "s3",
    400,
    (scene) => putText(scene, { target: scene.target.replace("%2Fs3%2F", "%2Fsts%2F") }),
  ],
  [
    "another algorithm",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Algorithm", "none") }),
  ],
  [
    "an empty signature",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Signature", "") }),
  ],
  ["two signatures", "s3", 403, (scene) => putText(scene, { target: `${scene.target}&X-Amz-Signature=0` })],
  [
    "fewer signed headers",
    "s3",
    403,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-SignedHeaders", "host") }),
  ],
  [
    "no signed headers",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-SignedHeaders", "") }),
  ],
  [
    "signed headers with names such as __proto__",
    "s3",
    403,
    (scene) =>
      putText(scene, {
        target: withQuery(scene.target, "X-Amz-SignedHeaders", "__proto__;constructor;host"),
      }),
  ],
  [
    "no token",
    "s3",
    403,
    (scene) => putText(scene, { target: scene.target.replace(/X-Amz-Security-Token=[^&]*&/, "") }),
  ],
  [
    "another token",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Security-Token", "x") }),
  ],
  [
    "another key id",
    "s3",
    403,
    (scene) =>
      putText(scene, { target: scene.target.replace(/Credential=[^%]+/, "Credential=AKIAIOSFODNN7EXAMPLE") }),
  ],
  [
    "a signature in the query and one in a header",
    "s3",
    400,
    (scene) =>
      putText(scene, {
        headers: { authorization: "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0" },
      }),
  ],
  [
    "signature version 2",
    "s3",
    400,
    ({ bucket }) => get(`/${bucket}/a`, { authorization: "AWS AKIA:c2lnbmF0dXJl" }),
  ],
  ["basic authorization", "s3", 400, ({ bucket }) => get(`/${bucket}/a`, { authorization: "Basic YTpi" })],
];
