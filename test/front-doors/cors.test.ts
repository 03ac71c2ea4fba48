import { expect } from "chai";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { putOf } from "../support/uploads.ts";
import { type Door, withQuery } from "./forgery.ts";
import { requestText, sendRaw } from "./raw-request.ts";
import { body, frontDoorsGraph, pageOrigin, type Scene, setScene, targetOf } from "./scene.ts";

/** Origins that may not use the API. Some of them resemble the declared one. */
const foreignOrigins: readonly string[] = [
  "https://evil.example",
  "null",
  "*",
  `${pageOrigin}.evil.example`,
  `${pageOrigin}:8443`,
  `${pageOrigin}/`,
  pageOrigin.replace("https", "http"),
  pageOrigin.toUpperCase(),
  pageOrigin.replace("page.", "page-"),
  pageOrigin.replace("//", "//evil."),
  `${pageOrigin}, https://evil.example`,
];

type Headers = Readonly<Record<string, string>>;

/** Requests that a browser sends for a page of any origin. */
const requests: Readonly<Record<string, readonly [Door, (scene: Scene, headers: Headers) => string]>> = {
  "the API's announcement": [
    "api",
    (_, headers) =>
      requestText(
        "POST /uploads HTTP/1.1",
        { "content-type": "text/plain", "content-length": "2", ...headers },
        "{}",
      ),
  ],
  "another's upload": [
    "api",
    ({ other }, headers) => requestText(`GET /uploads/${other.id} HTTP/1.1`, headers),
  ],
  "a path that the API does not have": ["api", (_, headers) => requestText("GET /nothing HTTP/1.1", headers)],
  "S3's file": [
    "s3",
    ({ bucket, otherKey }, headers) => requestText(`GET /${bucket}/${otherKey} HTTP/1.1`, headers),
  ],
  "S3's upload": [
    "s3",
    ({ own, target }, headers) =>
      requestText(
        `PUT ${withQuery(target, "X-Amz-Signature", "0")} HTTP/1.1`,
        { ...putOf(own).headers, "content-length": String(body.length), ...headers },
        body,
      ),
  ],
  "the CDN's file": [
    "cdn",
    ({ other }, headers) =>
      requestText(
        `GET ${targetOf(other.variants.find(({ name }) => name === "archive")?.url ?? "")} HTTP/1.1`,
        headers,
      ),
  ],
  "a path that the CDN does not have": ["cdn", (_, headers) => requestText("GET /nothing HTTP/1.1", headers)],
};

/** Returns a preflight request: a browser sends it before a request that needs permission. */
const preflight = (target: string, method: string, headers: Headers) =>
  requestText(`OPTIONS ${target} HTTP/1.1`, { ...headers, "access-control-request-method": method });

const preflights: typeof requests = {
  "a preflight request for the API's announcement": [
    "api",
    (_, headers) => preflight("/uploads", "POST", headers),
  ],
  "a preflight request for S3's upload": ["s3", ({ target }, headers) => preflight(target, "PUT", headers)],
  "a preflight request for the abort of a large upload": [
    "s3",
    ({ ownLarge }, headers) => preflight(targetOf(ownLarge.multipart.abort.url), "DELETE", headers),
  ],
  "a preflight request for the CDN's file": ["cdn", (_, headers) => preflight("/a", "GET", headers)],
};

/** Returns the headers of an answer by which a browser decides what a page may do. */
function permissions(answer: string): Record<string, string> {
  const [head = ""] = answer.split("\r\n\r\n");
  const found = head.matchAll(/^(access-control-[a-z-]+): (.*?)\r?$/gim);
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name.toLowerCase(), value]));
}

describe("the public endpoints", () => {
  const data = temporaryDirectory();
  let pipeline: Pipeline;
  let scene: Scene;

  before(async () => {
    const graph = await frontDoorsGraph();
    pipeline = await startPipeline(data.path, { graph, onDenied: () => {} });
    scene = await setScene(pipeline, graph);
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  const all = Object.entries({ ...requests, ...preflights });
  /** Returns the permissions of a page of this origin. The host is that of the endpoint, because it is signed. */
  const permissionsOf = async ([door, request]: (typeof requests)[string], origin: string) => {
    const url = scene.urls[door];
    const { status, text } = await sendRaw(url, request(scene, { host: new URL(url).host, origin }));
    expect(status, "an answer").to.be.a("number");
    return permissions(text);
  };

  for (const [name, request] of all) {
    it(`let no page of another origin read or send ${name}`, async () => {
      for (const foreign of foreignOrigins) {
        expect(await permissionsOf(request, foreign), foreign).to.deep.equal({});
      }
    });
  }

  for (const [name, request] of all) {
    it(`let at most a page of the declared origin read or send ${name}`, async () => {
      const { "access-control-allow-origin": origin } = await permissionsOf(request, pageOrigin);
      // S3 has a CORS rule for uploads and none for reads. The CDN's files are for display, not for scripts.
      const isToRead = request[0] === "cdn" || name === "S3's file";
      expect(origin).to.equal(isToRead ? undefined : pageOrigin);
    });
  }

  it("let a page of the declared origin use only the methods and headers of an upload", async () => {
    const ask = async (method: string, headers: string) =>
      permissionsOf(
        [
          "s3",
          (_, given) =>
            preflight(scene.target, method, { ...given, "access-control-request-headers": headers }),
        ],
        pageOrigin,
      );
    for (const [method, headers] of [
      ["GET", ""],
      ["HEAD", ""],
      ["PATCH", ""],
      ["PUT", "authorization"],
      ["PUT", "content-type, cookie"],
    ] as const) {
      expect(await ask(method, headers), `${method} ${headers}`).to.deep.equal({});
    }
  });
});
