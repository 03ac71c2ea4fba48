import { get, putText, type Row, withQuery } from "./forgery.ts";

/** What can be changed about how one presigned URL is signed. */
export const s3SignatureForgeries: readonly Row[] = [
  [
    "a longer life",
    "s3",
    403,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Expires", "604800") }),
  ],
  [
    "a life beyond a week",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Expires", "604801") }),
  ],
  [
    "a life below nothing",
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
    "a date of another kind",
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
    "a signature of nothing",
    "s3",
    400,
    (scene) => putText(scene, { target: withQuery(scene.target, "X-Amz-Signature", "") }),
  ],
  [
    "a signature twice",
    "s3",
    403,
    (scene) => putText(scene, { target: `${scene.target}&X-Amz-Signature=0` }),
  ],
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
    "signed headers named like a prototype",
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
    "two ways to sign",
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
