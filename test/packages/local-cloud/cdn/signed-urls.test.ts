import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expect } from "chai";
import { refusalOf, type SignedUrlRequest } from "../../../../packages/local-cloud/cdn/signed-urls.ts";

const url = "http://127.0.0.1:4602/id/thumbnail/a%20b.jpg";
const now = Date.parse("2026-11-22T12:00:00Z");
const inFiveMinutes = now / 1000 + 300;

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ecdsa = generateKeyPairSync("ec", { namedCurve: "P-256" });
const trusted = new Map([
  ["KRSA", rsa.publicKey],
  ["KECDSA", ecdsa.publicKey],
]);

interface Signing {
  readonly key?: KeyObject;
  readonly keyId?: string;
  readonly hash?: "SHA256";
}

function urlSafe(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~");
}

function signature(policy: string, { key = rsa.privateKey, keyId = "KRSA", hash }: Signing): string {
  const bytes = sign(hash ?? "sha1", Buffer.from(policy), key);
  return `Signature=${urlSafe(bytes)}&Key-Pair-Id=${keyId}${hash ? `&Hash-Algorithm=${hash}` : ""}`;
}

const append = (address: string, query: string) => `${address}${address.includes("?") ? "&" : "?"}${query}`;

function canned(resource: string, expires: number | string, signing: Signing = {}): string {
  const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
  return append(resource, `Expires=${expires}&${signature(policy, signing)}`);
}

function custom(address: string, policy: unknown, signing: Signing = {}): string {
  const text = typeof policy === "string" ? policy : JSON.stringify(policy, null, 1);
  return append(address, `Policy=${urlSafe(Buffer.from(text))}&${signature(text, signing)}`);
}

function statement(Resource: string, conditions: object = {}) {
  const Condition = { DateLessThan: { "AWS:EpochTime": inFiveMinutes }, ...conditions };
  return { Statement: [{ Resource, Condition }] };
}

const refusal = (signed: string, request: Partial<SignedUrlRequest> = {}) =>
  refusalOf({ url: signed, sourceIp: "10.1.2.3", now, ...request }, trusted)?.code;

describe("signed URLs with a canned policy", () => {
  it("are served until they expire", () => {
    const signed = canned(url, inFiveMinutes);
    expect(refusal(signed)).to.equal(undefined);
    expect(refusal(signed, { now: now + 299_999 })).to.equal(undefined);
    expect(refusal(signed, { now: now + 300_000 })).to.equal("AccessDenied");
  });

  it("are served with RSA and ECDSA keys, SHA-1 and SHA-256", () => {
    const own = { key: ecdsa.privateKey, keyId: "KECDSA" };
    for (const signing of [{}, own, { hash: "SHA256" as const }, { ...own, hash: "SHA256" as const }]) {
      expect(refusal(canned(url, inFiveMinutes, signing))).to.equal(undefined);
    }
  });

  it("are refused with MissingKey without a key, and with InvalidKey for an unknown key", () => {
    expect(refusal(url)).to.equal("MissingKey");
    expect(refusal(canned(url, inFiveMinutes, { keyId: "KOTHER" }))).to.equal("InvalidKey");
  });

  it("are refused when they are signed with a key other than the one they name", () => {
    expect(refusal(canned(url, inFiveMinutes, { keyId: "KECDSA" }))).to.equal("AccessDenied");
  });

  it("are refused when a signed part is changed", () => {
    const signed = canned(`${url}?size=1`, inFiveMinutes);
    expect(refusal(signed)).to.equal(undefined);
    const changes: [from: string, to: string][] = [
      ["a%20b.jpg", "c.jpg"],
      ["size=1", "size=2"],
      [`Expires=${inFiveMinutes}`, `Expires=${inFiveMinutes + 1}`],
      ["127.0.0.1:4602", "127.0.0.1:4603"],
    ];
    for (const [from, to] of changes) expect(refusal(signed.replace(from, to)), to).to.equal("AccessDenied");
    expect(refusal(`${signed}&more=1`)).to.equal("AccessDenied");
    expect(refusal(`${signed}&Hash-Algorithm=SHA256`)).to.equal("AccessDenied");
    expect(refusal(`${signed}&Hash-Algorithm=MD5`)).to.equal("AccessDenied");
  });

  it("are refused without a signature or an expiry", () => {
    expect(refusal(`${url}?Expires=${inFiveMinutes}&Key-Pair-Id=KRSA`)).to.equal("AccessDenied");
    expect(refusal(`${url}?${signature("", {})}`)).to.equal("AccessDenied");
    expect(refusal(canned(url, ""))).to.equal("MalformedPolicy");
  });
});

describe("signed URLs with a custom policy", () => {
  it("are served for every URL that its resource matches", () => {
    const policy = statement("http://127.0.0.1:4602/id/*/?.jpg");
    expect(refusal(custom("http://127.0.0.1:4602/id/thumbnail/a.jpg", policy))).to.equal(undefined);
    expect(refusal(custom("http://127.0.0.1:4602/id/preview/b.jpg", policy))).to.equal(undefined);
    expect(refusal(custom("http://127.0.0.1:4602/id/preview/bb.jpg", policy))).to.equal("AccessDenied");
    expect(refusal(custom("http://127.0.0.1:4602/other/preview/b.jpg", policy))).to.equal("AccessDenied");
  });

  it("are served only between their start and their expiry", () => {
    const from = now / 1000 + 60;
    const signed = custom(url, statement(url, { DateGreaterThan: { "AWS:EpochTime": from } }));
    expect(refusal(signed)).to.equal("AccessDenied");
    expect(refusal(signed, { now: now + 61_000 })).to.equal(undefined);
    expect(refusal(signed, { now: now + 301_000 })).to.equal("AccessDenied");
  });

  it("are served only to the IP addresses in the policy", () => {
    const to = (addresses: string) =>
      custom(url, statement(url, { IpAddress: { "AWS:SourceIp": addresses } }));
    expect(refusal(to("10.0.0.0/8"))).to.equal(undefined);
    expect(refusal(to("10.1.2.3"))).to.equal(undefined);
    expect(refusal(to("10.1.2.4"))).to.equal("AccessDenied");
    expect(refusal(to("0.0.0.0/0"))).to.equal(undefined);
    expect(refusal(to("2001:db8::/32"), { sourceIp: "2001:db8::7" })).to.equal(undefined);
  });

  it("are refused when the policy is changed after it was signed", () => {
    const signed = custom(url, statement(url));
    const forged = custom(url, statement("*"));
    const policyOf = (address: string) => /Policy=[^&]+/.exec(address)?.[0] ?? "";
    expect(refusal(signed.replace(policyOf(signed), policyOf(forged)))).to.equal("AccessDenied");
  });

  it("are refused with MalformedPolicy when the policy is invalid", () => {
    const twice = { Statement: [statement(url), statement(url)].flatMap(({ Statement }) => Statement) };
    const endless = { Statement: [{ Resource: url, Condition: {} }] };
    for (const policy of ["not JSON", "null", {}, twice, endless]) {
      expect(refusal(custom(url, policy)), JSON.stringify(policy)).to.equal("MalformedPolicy");
    }
  });
});
