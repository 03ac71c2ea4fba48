import { expect } from "chai";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { putOf } from "../support/uploads.ts";
import { type Door, withQuery } from "./forgery.ts";
import { requestText, sendRaw } from "./raw-request.ts";
import { body, frontDoorsGraph, pageOrigin, type Scene, setScene, targetOf } from "./scene.ts";

/** Origins of pages that may not use the API, some of which look as if they might. */
const strangers: readonly string[] = [
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

/** What a page of any origin can have a browser send. */
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
  "what the API does not have": ["api", (_, headers) => requestText("GET /nothing HTTP/1.1", headers)],
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
  "what the CDN does not have": ["cdn", (_, headers) => requestText("GET /nothing HTTP/1.1", headers)],
};

/** What a browser asks before it sends what needs permission. */
const preflight = (target: string, method: string, headers: Headers) =>
  requestText(`OPTIONS ${target} HTTP/1.1`, { ...headers, "access-control-request-method": method });

const preflights: typeof requests = {
  "the API's announcement, asked before": ["api", (_, headers) => preflight("/uploads", "POST", headers)],
  "S3's upload, asked before": ["s3", ({ target }, headers) => preflight(target, "PUT", headers)],
  "S3's end of a large upload, asked before": [
    "s3",
    ({ ownLarge }, headers) => preflight(targetOf(ownLarge.multipart.abort.url), "DELETE", headers),
  ],
  "the CDN's file, asked before": ["cdn", (_, headers) => preflight("/a", "GET", headers)],
};

/** The headers of an answer that tell a browser what a page may do. */
function permissions(answer: string): Record<string, string> {
  const [head = ""] = answer.split("\r\n\r\n");
  const found = head.matchAll(/^(access-control-[a-z-]+): (.*?)\r?$/gim);
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name.toLowerCase(), value]));
}

describe("the front doors and pages of other origins", () => {
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
  /** What a page of this origin may do, asked with S3's own host, which is signed. */
  const permissionsOf = async ([door, request]: (typeof requests)[string], origin: string) => {
    const url = scene.urls[door];
    const { status, text } = await sendRaw(url, request(scene, { host: new URL(url).host, origin }));
    expect(status, "an answer").to.be.a("number");
    return permissions(text);
  };

  for (const [name, request] of all) {
    it(`lets no stranger read or send ${name}`, async () => {
      for (const stranger of strangers) {
        expect(await permissionsOf(request, stranger), stranger).to.deep.equal({});
      }
    });
  }

  for (const [name, request] of all) {
    it(`lets at most the declared page read or send ${name}`, async () => {
      const { "access-control-allow-origin": origin } = await permissionsOf(request, pageOrigin);
      // S3 has a rule for sending, none for reading; what the CDN has is for looking at, not for scripts.
      const isToRead = request[0] === "cdn" || name === "S3's file";
      expect(origin).to.equal(isToRead ? undefined : pageOrigin);
    });
  }

  it("lets the declared page send with the methods and headers of an upload alone", async () => {
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
