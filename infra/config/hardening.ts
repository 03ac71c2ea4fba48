import { createPublicKey } from "node:crypto";
import * as v from "valibot";
import { anyText, flag, integer, list, object, text } from "../../contract/option-schemas.ts";

const publicKey = v.pipe(
  anyText,
  v.check(
    isSigningKey,
    "expected a public key in PEM, RSA of 2048 bits or ECDSA on P-256, the kinds CloudFront verifies with",
  ),
);

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keys-on-signed-urls. */
const maxPublicKeys = 5;

/** The most AWS WAF counts, https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html. */
const maxRateLimit = 2_000_000_000;

/** Keys of `henkan:` that harden a stage, all of them optional. */
export const hardening = {
  /** A web application firewall in front of the CDN. */
  waf: v.optional(flag, false),
  /** Requests that one IP address may make of the CDN in five minutes, where there is a firewall. */
  wafRateLimit: v.optional(integer(10, maxRateLimit), 10_000),
  /** Customer managed keys for buckets, topics and queues. */
  kms: v.optional(flag, false),
  /** Who asked S3 and the CDN for what, kept for `logRetentionDays`. */
  accessLogs: v.optional(flag, false),
  /** The CDN serves only URLs that were signed with the private key to one of these. */
  signedUrls: v.optional(
    object({
      publicKeys: v.pipe(
        list(publicKey),
        v.check(
          ({ length }) => length >= 1 && length <= maxPublicKeys,
          `expected 1 to ${maxPublicKeys} public keys, the most a key group takes`,
        ),
      ),
    }),
  ),
  domain: v.optional(
    object({
      name: text(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, "a domain such as files.example.com"),
      /** CloudFront takes certificates from that region alone. */
      certificateArn: text(
        /^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/,
        "the ARN of an ACM certificate in us-east-1",
      ),
      /** Where Route 53 hosts the domain; without it the records are made elsewhere. */
      hostedZoneId: v.optional(text(/^Z[A-Z0-9]+$/, "a hosted zone id such as Z0123")),
    }),
  ),
};

function isSigningKey(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
    return (
      !pem.includes("PRIVATE KEY") &&
      ((asymmetricKeyType === "rsa" && asymmetricKeyDetails?.modulusLength === 2048) ||
        (asymmetricKeyType === "ec" && asymmetricKeyDetails?.namedCurve === "prime256v1"))
    );
  } catch {
    return false;
  }
}
