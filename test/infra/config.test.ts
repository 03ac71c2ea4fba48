import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { mistakesOf } from "./config-mistakes.ts";
import { all, one, runConfig } from "./stages.ts";

describe("settings of a stage", () => {
  const mistakes: Record<string, [value: unknown, mistake: string]> = {
    allowedOrigins: [
      ["https://www.example.com/"],
      'henkan:allowedOrigins.0: expected an origin such as https://www.example.com, received "https://www.example.com/"',
    ],
    maxUploadMiB: ["many", 'henkan:maxUploadMiB: expected an integer from 1 to 10000, received "many"'],
    multipartThresholdMiB: [
      5121,
      "henkan:multipartThresholdMiB: expected an integer from 5 to 5120, received 5121",
    ],
    logLevel: ["loud", 'henkan:logLevel: expected "debug" or "info" or "warn" or "error", received "loud"'],
    protect: ["yes", 'henkan:protect: expected true or false, received "yes"'],
    uploadsExpireDays: [0, "henkan:uploadsExpireDays: expected an integer from 1 to 3650, received 0"],
    maximumConcurrency: [1, "henkan:maximumConcurrency: expected an integer from 2 to 1000, received 1"],
    reservedConcurrency: [
      5,
      "henkan:reservedConcurrency: expected at least maximumConcurrency, so that invocations from the queue are not throttled, received 5",
    ],
    apiThrottle: [
      { rate: 0, burst: 1 },
      "henkan:apiThrottle.rate: expected an integer from 1 to 10000, received 0",
    ],
    priceClass: [
      "cheap",
      'henkan:priceClass: expected "PriceClass_100" or "PriceClass_200" or "PriceClass_All", received "cheap"',
    ],
    alarms: [
      { email: ["on-call"] },
      'henkan:alarms.email.0: expected an address such as operations@example.com, received "on-call"',
    ],
    waf: ["on", 'henkan:waf: expected true or false, received "on"'],
    wafRateLimit: [9, "henkan:wafRateLimit: expected an integer from 10 to 2000000000, received 9"],
    kms: [1, "henkan:kms: expected true or false, received 1"],
    signedUrls: [
      { publicKeys: [] },
      "henkan:signedUrls.publicKeys: expected 1 to 5 public keys, the most that a key group holds, received []",
    ],
    domain: [
      {
        name: "files.example.com",
        certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/0198c5f0",
      },
      "henkan:domain.certificateArn: expected the ARN of an ACM certificate in us-east-1, " +
        'received "arn:aws:acm:eu-central-1:123456789012:certificate/0198c5f0"',
    ],
  };
  for (const [key, [value, mistake]] of Object.entries(mistakes)) {
    it(`refuse a value of ${key} that is not allowed`, async () => {
      expect(await mistakesOf({ [key]: value })).to.deep.equal([mistake]);
    });
  }

  it("refuse a size of uploads that the converters cannot process in time", async () => {
    const archive = { converter: "zip" };
    expect(await mistakesOf({ maxUploadMiB: 7201, variants: { archive } })).to.deep.equal([
      "henkan:maxUploadMiB: expected at most 7200 with one variant of zip, " +
        "whose function must finish within 900 seconds, received 7201",
    ]);
    expect(await mistakesOf({ maxUploadMiB: 10_000, variants: { archive, best: archive } })).to.deep.equal([
      "henkan:maxUploadMiB: expected at most 3600 with 2 variants of zip, " +
        "whose function must finish within 900 seconds, received 10000",
    ]);
  });

  it("give each converter the time that the largest upload takes, and its queue six times as much", async () => {
    const graph = await runConfig({ maxUploadMiB: 7200, variants: { archive: { converter: "zip" } } });
    expect(one(graph, "zip-function").inputs).to.include({ timeout: 900 });
    expect(one(graph, "zip-queue").inputs).to.include({ visibilityTimeoutSeconds: 5400 });
    const pictures = await runConfig({
      maxUploadMiB: 10_000,
      variants: { jpg: { converter: "png-to-jpg" } },
    });
    expect(one(pictures, "png-to-jpg-function").inputs).to.deep.include({
      timeout: 120,
      ephemeralStorage: { size: 10_240 },
    });
  });

  it("refuse public keys that CloudFront does not support", async () => {
    const encodings = {
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    } as const;
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048, ...encodings });
    const publicKeys = [
      generateKeyPairSync("rsa", { modulusLength: 1024, ...encodings }).publicKey,
      generateKeyPairSync("ec", { namedCurve: "P-384", ...encodings }).publicKey,
      rsa.privateKey,
      "no key",
      rsa.publicKey,
    ];
    expect(await mistakesOf({ signedUrls: { publicKeys } })).to.deep.equal(
      [
        '"-----BEGIN PUBLIC KEY-----" and more lines',
        '"-----BEGIN PUBLIC KEY-----" and more lines',
        '"-----BEGIN PRIVATE KEY-----" and more lines',
        '"no key"',
      ].map(
        (received, index) =>
          `henkan:signedUrls.publicKeys.${index}: expected a public key in PEM, RSA of 2048 bits or ECDSA on P-256, ` +
          `the kinds that CloudFront supports, received ${received}`,
      ),
    );
  });

  it("refuse unknown keys, also inside an object", async () => {
    expect(await mistakesOf({ auth: { kind: "iam", issuer: "x" } })).to.deep.equal([
      "henkan:auth.issuer: unknown option; henkan.auth allows kind",
    ]);
    const [mistake, ...others] = await mistakesOf({ logLvl: "info" });
    expect(mistake).to.match(/^henkan:logLvl: unknown option; henkan allows variants, allowedOrigins, /);
    expect(others).to.deep.equal([]);
  });

  it("refuse an unknown kind of auth, and JWT without its audience", async () => {
    expect(await mistakesOf({ auth: { kind: "cognito" } })).to.deep.equal([
      'henkan:auth.kind: expected "iam" or "jwt", received "cognito"',
    ]);
    expect(await mistakesOf({ auth: { kind: "jwt", issuer: "https://id.example.com" } })).to.deep.equal([
      "henkan:auth.audience: is missing",
    ]);
    const wrong = { kind: "jwt", issuer: "http://id.example.com", audience: [] };
    expect(await mistakesOf({ auth: wrong })).to.deep.equal([
      'henkan:auth.issuer: expected an https URL, received "http://id.example.com"',
      "henkan:auth.audience: expected at least one audience, received []",
    ]);
  });

  it("refuse keys of an unknown namespace", async () => {
    const misspelt = {
      "aws:region": "eu-central-1",
      "aws:allowedAccountIds": ["123456789012"],
      "henkn:variants": {},
    };
    expect(await mistakesOf({}, misspelt)).to.deep.equal([
      "henkn:variants: unknown namespace; allowed are henkan:, aws:, pulumi:",
    ]);
  });

  it("need a region and one account", async () => {
    expect(await mistakesOf({}, { "aws:profile": "x" })).to.deep.equal([
      "aws:region: is missing",
      "aws:allowedAccountIds: is missing",
    ]);
    const two = { "aws:region": "Tokyo", "aws:allowedAccountIds": [123456789012, "210987654321"] };
    expect(await mistakesOf({}, two)).to.deep.equal([
      'aws:region: expected a region such as eu-central-1, received "Tokyo"',
      "aws:allowedAccountIds.0: expected a 12-digit account id in quotes, received 123456789012",
      'aws:allowedAccountIds.1: expected only one account, received "210987654321"',
    ]);
  });

  it("report all mistakes at once", async () => {
    const mistakes = await mistakesOf({ logLevel: "loud", variants: { a: { converter: "b" } } });
    expect(mistakes).to.have.lengthOf(2);
  });

  it("are optional: without any, no CORS, no expiry, no reserved concurrency, and IAM on every route", async () => {
    const graph = await runConfig({});
    expect(all(graph, "BucketCorsConfiguration")).to.deep.equal([]);
    expect(one(graph, "upload-api-api").inputs).to.deep.equal({ protocolType: "HTTP" });
    expect(one(graph, "uploads-lifecycle").inputs.rules).to.deep.equal([
      {
        id: "tidy",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        expiration: { expiredObjectDeleteMarker: true },
      },
      { id: "expire-ffffffff-", status: "Enabled", filter: { prefix: "ffffffff-" }, expiration: { days: 1 } },
    ]);
    expect(one(graph, "zip-function").inputs).not.to.have.property("reservedConcurrentExecutions");
    expect(all(graph, "Route").map(({ inputs }) => inputs.authorizationType)).to.deep.equal([
      "AWS_IAM",
      "AWS_IAM",
    ]);
  });
});
