import { type Row, withQuery } from "./forgery.ts";
import { requestText } from "./raw-request.ts";
import { type LargeUpload, lastPart, type Scene, targetOf } from "./scene.ts";

type Change = (target: string, scene: Scene) => string;

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function signed(scene: Scene, { method, url, headers = {}, body = "" }: Request, change: Change): string {
  const all = { host: new URL(scene.urls.s3).host, "content-length": String(body.length), ...headers };
  return requestText(`${method} ${change(targetOf(url), scene)} HTTP/1.1`, all, body);
}

const unchanged: Change = (target) => target;

const lastPartOf = ({ multipart }: LargeUpload): Request => ({
  method: "PUT",
  url: multipart.parts.at(-1)?.url ?? "",
  body: lastPart,
});

const documentOf = (...parts: readonly (readonly [number: number, etag: string])[]) =>
  `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts
    .map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
    .join("")}</CompleteMultipartUpload>`;

const unsent = documentOf([1, `"${"0".repeat(32)}"`], [2, `"${"0".repeat(32)}"`]);

const completionOf = ({ multipart }: LargeUpload, body = unsent): Request => ({
  method: "POST",
  url: multipart.complete.url,
  headers: multipart.complete.headers,
  body,
});

const abortOf = ({ multipart }: LargeUpload): Request => ({ method: "DELETE", url: multipart.abort.url });

/** Changes that no URL of an upload allows: another file, another upload of the same file, another bucket. */
const changes: Readonly<Record<string, Change>> = {
  "for another's finished file": (target, { ownLarge, otherKey }) => target.replace(ownLarge.key, otherKey),
  "for another's large file": (target, { ownLarge, otherLarge }) =>
    target.replace(ownLarge.key, otherLarge.key),
  "for another's upload id": (target, { otherLarge }) => withQuery(target, "uploadId", otherLarge.uploadId),
  "for another's file and upload id": (target, { ownLarge, otherLarge }) =>
    withQuery(target.replace(ownLarge.key, otherLarge.key), "uploadId", otherLarge.uploadId),
  "for an unknown upload id": (target) => withQuery(target, "uploadId", "x"),
  "for another bucket": (target, { bucket, outputs }) => target.replace(bucket, outputs),
  "with a later expiry": (target) => withQuery(target, "X-Amz-Expires", "604800"),
  "with two upload ids": (target, { otherLarge }) => `${target}&uploadId=${otherLarge.uploadId}`,
};

const urls: Readonly<Record<string, (large: LargeUpload) => Request>> = {
  "a part": lastPartOf,
  "a completion": completionOf,
  "an abort": abortOf,
};

const changed = Object.entries(urls).flatMap(([what, requestOf]) =>
  Object.entries(changes).map(
    ([how, change]): Row => [
      `${what} ${how}`,
      "s3",
      403,
      (scene) => signed(scene, requestOf(scene.ownLarge), change),
    ],
  ),
);

/** Returns a row with a changed request of the attacker's large upload. */
const row = (
  name: string,
  status: number,
  request: (large: LargeUpload) => Request,
  change = unchanged,
): Row => [name, "s3", status, (scene) => signed(scene, request(scene.ownLarge), change)];

const partNumber =
  (number: string): Change =>
  (target) =>
    withQuery(target, "partNumber", number);

const withHeaders = (request: Request, headers: Request["headers"]): Request => ({
  ...request,
  headers: { ...request.headers, ...headers },
});

function without(request: Request, name: string): Request {
  const headers = Object.entries(request.headers ?? {}).filter(([other]) => other !== name);
  return { ...request, headers: Object.fromEntries(headers) };
}

const bomb = `<!DOCTYPE a [<!ENTITY a "${"x".repeat(1000)}"><!ENTITY b "${"&a;".repeat(1000)}">]>${unsent.replace("<Part>", "<Part>&b;")}`;
const file = `<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>${unsent.replace("<Part>", "<Part>&a;")}`;

/** Requests that the presigned URLs of one large upload must not allow. */
export const multipartForgeries: readonly Row[] = [
  ...changed,
  row("a part by the number of another", 403, lastPartOf, partNumber("1")),
  row("a part by a number that was not signed", 403, lastPartOf, partNumber("3")),
  row("a part of number 0", 403, lastPartOf, partNumber("0")),
  row("a part that is longer", 403, (large) => ({ ...lastPartOf(large), body: `${lastPart}6` })),
  row("a part that is shorter", 403, (large) => ({ ...lastPartOf(large), body: lastPart.slice(1) })),
  row("a part of another part's length", 403, (large) => ({
    ...lastPartOf(large),
    url: large.multipart.parts[0]?.url ?? "",
  })),
  row("a part copied from another's file", 403, (large) =>
    withHeaders(lastPartOf(large), { "x-amz-copy-source": "a/b" }),
  ),
  row("a part as the whole file", 403, lastPartOf, (target) =>
    target.replace(/&?(?:partNumber|uploadId)=[^&]*/g, ""),
  ),
  row("the list of parts by a part's URL", 403, (large) => ({
    ...lastPartOf(large),
    method: "GET",
    body: "",
  })),
  row("the list of parts by the abort's URL", 403, (large) => ({ ...abortOf(large), method: "GET" })),
  row("an abort by a part's URL", 403, (large) => ({ ...lastPartOf(large), method: "DELETE", body: "" })),
  row("an abort by the completion's URL", 403, (large) => ({ ...completionOf(large), method: "DELETE" })),
  row("a completion by the abort's URL", 403, (large) => ({
    ...completionOf(large),
    url: large.multipart.abort.url,
  })),
  row("a completion of another size", 403, (large) =>
    withHeaders(completionOf(large), { "x-amz-mp-object-size": "5" }),
  ),
  row("a completion of any size", 403, (large) => without(completionOf(large), "x-amz-mp-object-size")),
  row("a completion that overwrites", 403, (large) => without(completionOf(large), "if-none-match")),
  row("a completion that overwrites one file", 403, (large) =>
    withHeaders(completionOf(large), { "if-none-match": '"x"' }),
  ),
  row("a completion of parts never sent", 400, completionOf),
  row("a completion of no parts", 400, (large) => completionOf(large, documentOf())),
  row("a completion that is not XML", 400, (large) => completionOf(large, "{}")),
  row("a completion without a document", 400, (large) => completionOf(large, "")),
  row("a completion with an entity that expands", 400, (large) => completionOf(large, bomb)),
  row("a completion with an entity of a file", 400, (large) => completionOf(large, file)),
];

/** Returns the signed request for the last part of the attacker's large upload. */
export const ownLastPart = (scene: Scene) => signed(scene, lastPartOf(scene.ownLarge), unchanged);

/** Returns a signed completion of the attacker's large upload with only its last part. */
export const ownCompletion = (scene: Scene, etag: string) =>
  signed(scene, completionOf(scene.ownLarge, documentOf([2, etag])), unchanged);

/** Returns the signed request that aborts the attacker's large upload. */
export const ownAbort = (scene: Scene) => signed(scene, abortOf(scene.ownLarge), unchanged);
