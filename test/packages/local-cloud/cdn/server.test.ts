import { generateKeyPairSync, sign } from "node:crypto";
import type { Server } from "node:http";
import { Readable } from "node:stream";
import { expect } from "chai";
import type { DistributionSettings } from "../../../../packages/local-cloud/cdn/distribution.ts";
import { createCdn, type OriginObject } from "../../../../packages/local-cloud/cdn/server.ts";
import { close, listen } from "../../../../packages/local-cloud/listen.ts";

const behavior = {
  originId: "outputs",
  allowedMethods: ["GET", "HEAD"],
  ttl: { min: 0, default: 60, max: 3600 },
  headers: { "x-content-type-options": "nosniff" },
};
const settings: DistributionSettings = {
  defaultRootObject: "index.html",
  defaultBehavior: behavior,
  orderedBehaviors: [
    { ...behavior, originId: "page", pathPattern: "/index.html", headers: { "x-page": "yes" } },
    { ...behavior, pathPattern: "*.zip", headers: { "content-disposition": "attachment" } },
  ],
  customErrors: [
    { errorCode: 403, responseCode: 404, responsePagePath: "/not-found.json", errorCachingMinTtl: 1 },
  ],
};

describe("CDN", () => {
  let server: Server;
  let url: string;
  let now: number;
  let objects: Map<string, { body: Buffer; headers: Record<string, string> }>;
  let reads: string[];

  const put = (key: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    objects.set(key, {
      body: Buffer.from(body),
      headers: { "content-type": "image/jpeg", etag: `"${String(body).slice(0, 10)}"`, ...headers },
    });
  const originWith =
    (prefix: string) =>
    (path: string): OriginObject | undefined => {
      const key = `${prefix}${path}`;
      const object = objects.get(key);
      reads.push(key);
      return (
        object && {
          bytes: object.body.length,
          headers: object.headers,
          read: (range) =>
            Readable.from([range ? object.body.subarray(range.start, range.end + 1) : object.body]),
        }
      );
    };
  const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });

  beforeEach(async () => {
    now = Date.parse("2026-11-22T12:00:00Z");
    objects = new Map();
    reads = [];
    put("files/not-found.json", '{"status":404}', { "content-type": "application/json" });
    const origins = { outputs: originWith("files"), page: originWith("page") };
    server = createCdn(settings, origins, () => now);
    url = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterEach(() => close(server));

  it("serves the default root object only for /, from the origin of the matching behaviour", async () => {
    put("page/index.html", "the page");
    put("files/a/index.html", "an output");
    const root = await get("/?code=1");
    expect(await root.text()).to.equal("the page");
    expect(root.headers.get("x-page")).to.equal("yes");
    expect(await (await get("/a/index.html")).text()).to.equal("an output");
    expect((await get("/a/")).status).to.equal(404);
  });

  it("serves objects with the headers of the response headers policy", async () => {
    put("files/id/jpg/a b+é.jpg", "picture");
    const response = await get(`/id/jpg/${encodeURIComponent("a b+é.jpg")}`);
    expect(response.status).to.equal(200);
    expect(await response.text()).to.equal("picture");
    expect(response.headers.get("content-type")).to.equal("image/jpeg");
    expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
    expect(response.headers.get("x-cache")).to.equal("Miss from cloudfront");
  });

  it("serves no object outside the origin path", async () => {
    put("receipts/id/jpg.json", "secret");
    for (const path of [
      "/../receipts/id/jpg.json",
      "/%2e%2e/receipts/id/jpg.json",
      "/receipts/id/jpg.json",
    ]) {
      expect((await get(path)).status, path).to.equal(404);
    }
  });

  it("answers from its cache until the time to live ends", async () => {
    put("files/a.jpg", "old");
    await get("/a.jpg");
    put("files/a.jpg", "new");
    now += 59_000;
    const hit = await get("/a.jpg");
    expect([await hit.text(), hit.headers.get("x-cache"), hit.headers.get("age")]).to.deep.equal([
      "old",
      "Hit from cloudfront",
      "59",
    ]);
    now += 1_000;
    expect(await (await get("/a.jpg")).text()).to.equal("new");
  });

  it("limits the origin's max-age to the maximum of the cache policy", async () => {
    put("files/a.jpg", "old", { "cache-control": "public, max-age=86400" });
    await get("/a.jpg");
    put("files/a.jpg", "new");
    now += 3_599_000;
    expect(await (await get("/a.jpg")).text()).to.equal("old");
    now += 1_000;
    expect(await (await get("/a.jpg")).text()).to.equal("new");
  });

  it("answers with the error page for a missing object, and caches it only for the error's time to live", async () => {
    const missing = await get("/late.jpg");
    expect(missing.status).to.equal(404);
    expect(await missing.json()).to.deep.equal({ status: 404 });
    put("files/late.jpg", "ready");
    expect((await get("/late.jpg")).status).to.equal(404);
    now += 1_000;
    expect((await get("/late.jpg")).status).to.equal(200);
  });

  it("chooses the behaviour by its path pattern", async () => {
    put("files/id/archive/a.zip", "zip");
    const response = await get("/id/archive/a.zip");
    expect(response.headers.get("content-disposition")).to.equal("attachment");
    expect(response.headers.get("x-content-type-options")).to.equal(null);
  });

  it("serves ranges from the cache and from the origin", async () => {
    put("files/a.jpg", "0123456789");
    const cases = [
      ["bytes=2-4", 206, "234", "bytes 2-4/10"],
      ["bytes=7-", 206, "789", "bytes 7-9/10"],
      ["bytes=-2", 206, "89", "bytes 8-9/10"],
      ["bytes=0-99", 206, "0123456789", "bytes 0-9/10"],
      ["bytes=10-", 416, "", "bytes */10"],
    ] as const;
    for (const [range, status, body, contentRange] of cases) {
      const response = await get("/a.jpg", { range });
      expect(
        [response.status, await response.text(), response.headers.get("content-range")],
        range,
      ).to.deep.equal([status, body, contentRange]);
    }
  });

  it("serves large bodies and their ranges without caching them", async () => {
    put("files/big.jpg", Buffer.alloc(9 * 2 ** 20, "x"));
    const part = await get("/big.jpg", { range: "bytes=0-3" });
    expect([part.status, await part.text()]).to.deep.equal([206, "xxxx"]);
    const whole = await get("/big.jpg");
    expect((await whole.arrayBuffer()).byteLength).to.equal(9 * 2 ** 20);
    expect(reads.filter((key) => key === "files/big.jpg")).to.have.length(2);
  });

  it("answers 304 when the client's ETag is current", async () => {
    put("files/a.jpg", "same");
    expect((await get("/a.jpg", { "if-none-match": '"same"' })).status).to.equal(304);
    expect((await get("/a.jpg", { "if-none-match": 'W/"same", "x"' })).status).to.equal(304);
    expect((await get("/a.jpg", { "if-none-match": '"other"' })).status).to.equal(200);
  });

  it("answers HEAD without a body, and refuses other methods", async () => {
    put("files/a.jpg", "picture");
    const head = await fetch(`${url}/a.jpg`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).to.deep.equal([
      200,
      "7",
      "",
    ]);
    expect((await fetch(`${url}/a.jpg`, { method: "DELETE" })).status).to.equal(403);
  });

  it("serves only signed URLs when the behaviour has trusted keys, from the cache too", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const signing = createCdn(
      { ...settings, defaultBehavior: { ...behavior, trustedKeys: new Map([["K1", publicKey]]) } },
      { outputs: originWith("files") },
      () => now,
    );
    const base = `http://127.0.0.1:${await listen(signing, 0)}`;
    put("files/a.jpg", "picture");
    const expires = now / 1000 + 60;
    const policy = `{"Statement":[{"Resource":"${base}/a.jpg","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
    const signature = sign("sha1", Buffer.from(policy), privateKey)
      .toString("base64")
      .replace(/[+=/]/g, (character) => ({ "+": "-", "=": "_", "/": "~" })[character] ?? "");
    const query = `Expires=${expires}&Signature=${signature}&Key-Pair-Id=K1`;
    try {
      const signed = await fetch(`${base}/a.jpg?${query}`);
      expect([signed.status, await signed.text()]).to.deep.equal([200, "picture"]);
      const unsigned = await fetch(`${base}/a.jpg`);
      expect(unsigned.status).to.equal(403);
      expect(unsigned.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(await unsigned.text()).to.include("<Code>MissingKey</Code>");
      expect((await fetch(`${base}/b.jpg?${query}`)).status).to.equal(403);
      now += 60_000;
      expect((await fetch(`${base}/a.jpg?${query}`)).status).to.equal(403);
    } finally {
      await close(signing);
    }
  });

  it("answers 400 to a path with invalid percent-encoding", async () => {
    expect((await get("/%zz")).status).to.equal(400);
  });
});
