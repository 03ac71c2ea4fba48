import { type KeyObject, verify } from "node:crypto";
import { BlockList, isIPv6 } from "node:net";
import { wildcard } from "../wildcard.ts";

/** A request to a behaviour that requires signed URLs. */
export interface SignedUrlRequest {
  /** The URL with its query string, as the client sent it. */
  readonly url: string;
  readonly sourceIp: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Public keys by their CloudFront id. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>;

/** The code and the message of CloudFront's XML error with status 403. */
export interface Refusal {
  readonly code: "MissingKey" | "InvalidKey" | "MalformedPolicy" | "AccessDenied";
  readonly message: string;
}

const refusals = {
  noKey: { code: "MissingKey", message: "Missing Key-Pair-Id query parameter or cookie value" },
  unknownKey: { code: "InvalidKey", message: "Unknown Key" },
  malformed: { code: "MalformedPolicy", message: "Malformed Policy" },
  denied: { code: "AccessDenied", message: "Access denied" },
} as const satisfies Record<string, Refusal>;

const signingParameters = new Set(["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"]);
const hashes: Readonly<Record<string, string>> = { SHA1: "sha1", SHA256: "sha256" };

/** The permission that a policy grants. Times are in seconds since the epoch. */
interface Grant {
  readonly resource: string;
  readonly until: number;
  readonly from?: number;
  /** CIDR. */
  readonly addresses?: string;
}

/**
 * Returns the refusal of a request. Returns undefined when a trusted key signed its URL and the signed policy allows
 * the request at this time and from this address.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html
 */
export function refusalOf(request: SignedUrlRequest, trusted: TrustedKeys): Refusal | undefined {
  const { resource, parameters } = splitSigned(request.url);
  const keyId = parameters.get("Key-Pair-Id");
  if (!keyId) return refusals.noKey;
  const key = trusted.get(keyId);
  if (!key) return refusals.unknownKey;
  const hash = hashes[parameters.get("Hash-Algorithm") ?? "SHA1"];
  const signature = parameters.get("Signature");
  const encoded = parameters.get("Policy");
  const policy = encoded
    ? fromUrlSafe(encoded)
    : Buffer.from(cannedPolicy(resource, parameters.get("Expires")));
  if (!hash || !signature || !verify(hash, policy, key, fromUrlSafe(signature))) return refusals.denied;
  const grant = readPolicy(policy.toString());
  if (!grant) return refusals.malformed;
  return allows(grant, resource, request) ? undefined : refusals.denied;
}

/** Splits a URL into the resource that is signed, other parameters included, and the parameters of the signature. */
function splitSigned(url: string): { resource: string; parameters: ReadonlyMap<string, string> } {
  const [base = "", query = ""] = url.split(/\?(.*)/s);
  const nameOf = (pair: string) => pair.split("=", 1)[0] ?? "";
  const pairs = query.split("&").filter((pair) => pair !== "");
  const others = pairs.filter((pair) => !signingParameters.has(nameOf(pair)));
  const signed = pairs.filter((pair) => signingParameters.has(nameOf(pair)));
  return {
    resource: others.length > 0 ? `${base}?${others.join("&")}` : base,
    parameters: new Map(signed.map((pair) => [nameOf(pair), pair.slice(nameOf(pair).length + 1)])),
  };
}

/** Returns the policy that a URL with `Expires` stands for. The signature covers exactly these bytes. */
function cannedPolicy(resource: string, expires = ""): string {
  return `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
}

/** Decodes base64 in which `-`, `_` and `~` replace `+`, `=` and `/`, which have a meaning in a query. */
function fromUrlSafe(text: string): Buffer {
  return Buffer.from(text.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
}

interface PolicyDocument {
  readonly Statement?: readonly {
    readonly Resource?: string;
    readonly Condition?: {
      readonly DateLessThan?: { readonly "AWS:EpochTime"?: number };
      readonly DateGreaterThan?: { readonly "AWS:EpochTime"?: number };
      readonly IpAddress?: { readonly "AWS:SourceIp"?: string };
    };
  }[];
}

/** Returns the grant of a policy; undefined unless the policy has exactly one statement and an expiry. */
function readPolicy(text: string): Grant | undefined {
  const [statement, ...others] = (parseJson(text) as PolicyDocument | undefined)?.Statement ?? [];
  const until = statement?.Condition?.DateLessThan?.["AWS:EpochTime"];
  if (!statement || others.length > 0 || typeof until !== "number") return undefined;
  const from = statement.Condition?.DateGreaterThan?.["AWS:EpochTime"];
  const addresses = statement.Condition?.IpAddress?.["AWS:SourceIp"];
  return {
    resource: statement.Resource ?? "*",
    until,
    ...(from !== undefined && { from }),
    ...(addresses !== undefined && { addresses }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function allows(grant: Grant, resource: string, { sourceIp, now }: SignedUrlRequest): boolean {
  const seconds = now / 1000;
  return (
    seconds < grant.until &&
    (grant.from === undefined || seconds > grant.from) &&
    wildcard(grant.resource)(resource) &&
    (grant.addresses === undefined || isWithin(sourceIp, grant.addresses))
  );
}

function isWithin(address: string, cidr: string): boolean {
  const [network = "", prefix] = cidr.split("/");
  const family = isIPv6(network) ? "ipv6" : "ipv4";
  const allowed = new BlockList();
  allowed.addSubnet(network, Number(prefix ?? (family === "ipv6" ? 128 : 32)), family);
  return allowed.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
