import { expect } from "chai";
import { bucket, type Endpoint, errorOf, startEndpoint } from "./endpoint.ts";

const rules = [
  {
    allowedMethods: ["PUT", "POST"],
    allowedOrigins: ["https://*.example.com", "http://localhost:4602"],
    allowedHeaders: ["Content-Type", "x-amz-*", "if-none-match"],
    exposeHeaders: ["ETag"],
    maxAgeSeconds: 600,
  },
  { allowedMethods: ["GET"], allowedOrigins: ["*"] },
];

describe("S3 CORS", () => {
  let s3: Endpoint;
  before(async () => {
    s3 = await startEndpoint({ settings: { corsRules: rules } });
  });
  after(() => s3.stop());

  const preflight = (origin: string, method: string, headers?: string) =>
    fetch(`${s3.url}/${bucket}/key`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": method,
        ...(headers && { "access-control-request-headers": headers }),
      },
    });

  it("answers a preflight request with the first rule that allows it", async () => {
    const response = await preflight("https://app.example.com", "PUT", "content-type, X-Amz-Checksum-Sha256");
    expect(response.status).to.equal(200);
    expect(Object.fromEntries(response.headers)).to.include({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-allow-methods": "PUT, POST",
      "access-control-allow-headers": "content-type, x-amz-checksum-sha256",
      "access-control-expose-headers": "ETag",
      "access-control-max-age": "600",
      "access-control-allow-credentials": "true",
    });
  });

  const refused: Record<string, () => Promise<Response>> = {
    origin: () => preflight("https://example.org", "PUT"),
    method: () => preflight("https://app.example.com", "DELETE"),
    header: () => preflight("https://app.example.com", "PUT", "authorization"),
  };
  for (const [what, send] of Object.entries(refused)) {
    it(`refuses a preflight request with another ${what}`, async () => {
      expect(await errorOf(await send())).to.include({ status: 403, code: "AccessForbidden" });
    });
  }

  it("lets the browser read the answers to requests, errors included", async () => {
    const response = await fetch(`${s3.url}/${bucket}/key`, {
      method: "PUT",
      body: "x",
      headers: { origin: "http://localhost:4602" },
    });
    expect(response.status).to.equal(403);
    expect(Object.fromEntries(response.headers)).to.include({
      "access-control-allow-origin": "http://localhost:4602",
      "access-control-expose-headers": "ETag",
    });
    const anyone = await fetch(`${s3.url}/${bucket}/key`, { headers: { origin: "https://example.org" } });
    expect(anyone.headers.get("access-control-allow-origin")).to.equal("*");
    expect(anyone.headers.get("access-control-allow-credentials")).to.equal(null);
  });
});
