import { createPublicKey } from "node:crypto";
import * as v from "valibot";
import { anyText, flag, integer, list, object, text } from "../../contract/option-schemas.ts";

const publicKey = v.pipe(
  anyText,
  v.check(
    isSigningKey,
    "expected a public key in PEM, RSA of 2048 bits or ECDSA on P-256, the kinds that CloudFront supports",
  ),
);

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keys-on-signed-urls. */
const maxPublicKeys = 5;

/** The highest limit that AWS WAF accepts, https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html. */
const maxRateLimit = 2_000_000_000;

/** Keys of `henkan:` that harden a stage, all of them optional. */
export const hardening = {
  /** Puts a web application firewall in front of the CDN. */
  waf: v.optional(flag, false),
  /** Requests that one IP address may make of the CDN in five minutes; used with `waf`. */
  wafRateLimit: v.optional(integer(10, maxRateLimit), 10_000),
  /** Encrypts buckets, topics and queues with customer managed keys. */
  kms: v.optional(flag, false),
  /** Logs every request to S3 and the CDN, and keeps the logs for `logRetentionDays`. */
  accessLogs: v.optional(flag, false),
  /** Makes the CDN serve only URLs that the private key of one of these public keys signed. */
  signedUrls: v.optional(
    object({
      publicKeys: v.pipe(
        list(publicKey),
        v.check(
          ({ length }) => length >= 1 && length <= maxPublicKeys,
          `expected 1 to ${maxPublicKeys} public keys, the most that a key group holds`,
        ),
      ),
    }),
  ),
  /** The CDN's own domain. */
  domain: v.optional(
    object({
      name: text(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, "a domain such as files.example.com"),
      /** CloudFront accepts certificates only from us-east-1. */
      certificateArn: text(
        /^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/,
        "the ARN of an ACM certificate in us-east-1",
      ),
      /** The domain's zone in Route 53, where the pipeline makes the records; without it, the operator makes them. */
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
