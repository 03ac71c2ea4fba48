import { createHash } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { createUpload } from "../../../handlers/upload-api/create-upload.ts";
import { router } from "../../../handlers/upload-api/router.ts";
import { apiEnvironment, apiEvent, bodyOf, imagesOnly } from "../support/api.ts";
import { captureLogs } from "../support/logs.ts";
import { clientSettings } from "../support/stand-in.ts";

const route = "POST /uploads";
const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const valid = { filename: "Garden+1 é.PNG", contentType: "image/png", size: 1000 };
const digest = createHash("sha256").update("note").digest();

function api(overrides?: Record<string, string>) {
  const s3 = new S3Client({ ...clientSettings, requestChecksumCalculation: "WHEN_REQUIRED" });
  const environment = apiEnvironment(overrides);
  return router({ [route]: createUpload({ s3, environment, now: () => now }) }, () => {});
}

async function post(request: unknown, overrides?: Record<string, string>) {
  const body = typeof request === "string" ? request : JSON.stringify(request);
  return api(overrides)(apiEvent(route, { body }));
}

async function presigned(request: object) {
  const { upload } = bodyOf(await post(request));
  const url = new URL(upload.url);
  return { upload, url, signedHeaders: url.searchParams.get("X-Amz-SignedHeaders")?.split(";") };
}

describe("POST /uploads", () => {
  captureLogs();

  it("answers 201 with the upload, the path of its status and the URLs of its future variants", async () => {
    const response = await post(valid);
    const { id, upload, ...rest } = bodyOf(response);
    expect(response).to.deep.include({
      statusCode: 201,
      headers: {
        "content-type": "application/json",
        "cache-control": "no-store",
        location: `/uploads/${id}`,
      },
    });
    expect(upload).to.have.all.keys("method", "url", "headers", "expiresAt");
    expect(rest).to.deep.equal({
      status: `/uploads/${id}`,
      variants: [
        { name: "preview", url: `https://cdn.example/${id}/preview/Garden%2B1%20%C3%A9.webp` },
        { name: "jpg", url: `https://cdn.example/${id}/jpg/Garden%2B1%20%C3%A9.jpg` },
        { name: "archive", url: `https://cdn.example/${id}/archive/Garden%2B1%20%C3%A9.zip` },
      ],
    });
  });

  it("builds the key from the id and the stored filename", async () => {
    const response = bodyOf(await post(valid));
    const { hostname, pathname } = new URL(response.upload.url);
    expect(hostname).to.equal("uploads.s3.eu-central-1.amazonaws.com");
    expect(decodeURIComponent(pathname)).to.equal(`/${response.id}/Garden+1 é.png`);
  });

  it("signs length, type and single use as headers", async () => {
    const { upload, signedHeaders } = await presigned(valid);
    expect(signedHeaders).to.deep.equal(["content-length", "content-type", "host", "if-none-match"]);
    expect(upload).to.deep.include({
      method: "PUT",
      headers: { "content-type": "image/png", "if-none-match": "*" },
    });
  });

  it("signs no checksum of a body it has not seen", async () => {
    const { url } = await presigned(valid);
    expect(url.search.toLowerCase()).not.to.include("crc32");
  });

  it("signs another URL for another size", async () => {
    const [first, second] = await Promise.all([presigned(valid), presigned({ ...valid, size: 999 })]);
    expect(first.url.searchParams.get("X-Amz-Signature")).not.to.equal(
      second.url.searchParams.get("X-Amz-Signature"),
    );
  });

  for (const encoding of ["hex", "base64"] as const) {
    it(`signs a SHA-256 given in ${encoding} as a header, in base64`, async () => {
      const { upload, url, signedHeaders } = await presigned({ ...valid, sha256: digest.toString(encoding) });
      expect(signedHeaders).to.include("x-amz-checksum-sha256");
      expect(upload.headers["x-amz-checksum-sha256"]).to.equal(digest.toString("base64"));
      expect([...url.searchParams.keys()]).not.to.include("x-amz-checksum-sha256");
    });
  }

  it("lets the URL expire at the announced time", async () => {
    const { upload, url } = await presigned(valid);
    expect(url.searchParams.get("X-Amz-Date")).to.equal("20260102T030405Z");
    expect(url.searchParams.get("X-Amz-Expires")).to.equal("300");
    expect(upload.expiresAt).to.equal("2026-01-02T03:09:05.000Z");
  });

  it("signs the type without its parameters and under its registered name", async () => {
    const { upload } = await presigned({ ...valid, contentType: "Image/JPG; q=1" });
    expect(upload.headers["content-type"]).to.equal("image/jpeg");
  });

  it("lists only variants whose converter accepts the type", async () => {
    const { variants } = bodyOf(await post({ ...valid, contentType: "text/plain" }));
    expect(variants.map(({ name }: { name: string }) => name)).to.deep.equal(["archive"]);
  });

  it("reads a base64-encoded body", async () => {
    const body = Buffer.from(JSON.stringify(valid)).toString("base64");
    const response = await api()(apiEvent(route, { body, isBase64Encoded: true }));
    expect(response.statusCode).to.equal(201);
  });

  it("keeps the API's stage in the status path", async () => {
    const response = await api()(apiEvent(route, { body: JSON.stringify(valid), rawPath: "/v1/uploads" }));
    expect(bodyOf(response).status).to.match(/^\/v1\/uploads\/[0-9a-f-]{36}$/);
  });

  describe("refuses", () => {
    const problems: readonly (readonly [string, unknown, number, string, RegExp])[] = [
      ["a body that is not JSON", "{", 400, "invalid-json", /not JSON/],
      ["no body", "", 400, "invalid-json", /not JSON/],
      ["a body that is not an object", "[]", 400, "invalid-request", /JSON object/],
      ["an empty file", { ...valid, size: 0 }, 400, "empty-file", /at least 1 byte/],
      ["a file over the limit", { ...valid, size: 1001 }, 413, "too-large", /1001 bytes; at most 1000/],
    ];
    for (const [what, request, status, code, detail] of problems) {
      it(what, async () => {
        const response = await post(request);
        expect(response.statusCode).to.equal(status);
        expect(response.headers).to.include({ "content-type": "application/problem+json" });
        const problem = bodyOf(response);
        expect(problem).to.include({ type: "about:blank", status, code });
        expect(problem.title).to.be.a("string");
        expect(problem.detail).to.match(detail);
      });
    }

    it("a type that no variant accepts, and names the accepted types", async () => {
      const response = await post({ ...valid, contentType: "text/plain" }, imagesOnly);
      expect(response.statusCode).to.equal(415);
      const { code, detail } = bodyOf(response);
      expect(code).to.equal("unsupported-format");
      expect(detail).to.match(/text\/plain; accepted types: image\/png, image\/jpeg, /);
      expect(detail.match(/image\/png/g)).to.have.lengthOf(1);
    });

    it("every type when no variant is declared", async () => {
      const response = await post(valid, { VARIANTS: "[]" });
      expect(response.statusCode).to.equal(415);
      expect(bodyOf(response).detail).to.match(/no variant is declared/);
    });

    const wrongFields: readonly (readonly [string, unknown, RegExp])[] = [
      ["filename", undefined, /1 to 1024 characters/],
      ["filename", "", /1 to 1024 characters/],
      ["filename", "a".repeat(1025), /1 to 1024 characters/],
      ["filename", 7, /1 to 1024 characters/],
      ["contentType", undefined, /media type/],
      ["contentType", "png", /media type/],
      ["size", undefined, /whole number/],
      ["size", 1.5, /whole number/],
      ["size", -1, /whole number/],
      ["size", "7", /whole number/],
      ["sha256", "abc", /64 hexadecimal digits or 44 characters/],
      ["sha256", null, /64 hexadecimal digits or 44 characters/],
      ["sha256", `${"A".repeat(42)}B=`, /64 hexadecimal digits or 44 characters/],
      ["toString", 1, /Unknown field; allowed are filename, contentType, size, sha256/],
    ];
    for (const [field, value, detail] of wrongFields) {
      it(`${field} = ${JSON.stringify(value)?.slice(0, 50)}`, async () => {
        const response = await post({ ...valid, [field]: value });
        expect(response.statusCode).to.equal(400);
        const { code, errors } = bodyOf(response);
        expect(code).to.equal("invalid-request");
        expect(errors).to.have.lengthOf(1);
        expect(errors[0].pointer).to.equal(`#/${field}`);
        expect(errors[0].detail).to.match(detail);
      });
    }

    it("several wrong fields at once, and names each", async () => {
      const { errors, detail } = bodyOf(await post({ filename: 1, size: "big", "a/b~c": true }));
      const pointers = errors.map(({ pointer }: { pointer: string }) => pointer);
      expect(pointers).to.deep.equal(["#/filename", "#/contentType", "#/size", "#/a~1b~0c"]);
      expect(detail).to.include("filename, contentType, size, a/b~c");
    });
  });
});
