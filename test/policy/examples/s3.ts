import { denyPlainHttp, document, type Example, resource } from "./example.ts";

const arn = "arn:aws:s3:::photos-1";
const bucket = resource("s3/Bucket", "photos", { bucket: "photos-1", arn });
const setting = (kind: string, props: object) =>
  resource(`s3/${kind}`, `photos-${kind}`, { bucket: "photos-1", ...props });
const policy = (...statements: readonly object[]) =>
  setting("BucketPolicy", { policy: document(...statements) });

const flags = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const encryption = (sseAlgorithm: string) =>
  setting("BucketServerSideEncryptionConfiguration", {
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }],
  });
const lifecycle = (rule: object) =>
  setting("BucketLifecycleConfiguration", {
    rules: [{ status: "Enabled", filter: { prefix: "" }, ...rule }],
  });
const read = { Principal: "*", Action: "s3:GetObject", Resource: `${arn}/*` };

export const s3Examples: readonly Example[] = [
  {
    rule: "s3-public-access-block",
    broken: [bucket],
    says: ["Bucket photos has no public access block"],
    sound: [bucket, setting("BucketPublicAccessBlock", flags)],
  },
  {
    rule: "s3-public-access-block",
    broken: [bucket, setting("BucketPublicAccessBlock", { ...flags, blockPublicPolicy: false })],
    says: ["Bucket photos does not set blockPublicPolicy"],
    sound: [bucket, setting("BucketPublicAccessBlock", flags)],
  },
  {
    rule: "s3-has-policy",
    broken: [
      bucket,
      resource("s3/BucketPolicy", "of-another", { bucket: "films-1" }),
      resource("s3/BucketPolicy", "of-none", {}),
    ],
    says: ["Bucket photos has no resource policy"],
    sound: [bucket, policy()],
  },
  {
    rule: "s3-tls-only",
    broken: [policy(denyPlainHttp("s3:*", `${arn}/*`))],
    says: ["BucketPolicy photos-BucketPolicy allows plain HTTP"],
    sound: [policy(denyPlainHttp("s3:*", [arn, `${arn}/*`]))],
  },
  {
    rule: "s3-not-public",
    broken: [policy(read)],
    says: ["BucketPolicy photos-BucketPolicy allows any principal s3:GetObject"],
    sound: [policy({ ...read, Principal: { Service: "cloudfront.amazonaws.com" } })],
  },
  {
    rule: "s3-no-acls",
    broken: [
      bucket,
      setting("BucketOwnershipControls", { rule: { objectOwnership: "BucketOwnerPreferred" } }),
    ],
    says: ["Bucket photos lets ACLs manage access"],
    sound: [bucket, setting("BucketOwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } })],
  },
  {
    rule: "s3-encryption",
    broken: [bucket],
    says: ["Bucket photos declares no encryption at rest"],
    sound: [bucket, encryption("AES256")],
  },
  {
    rule: "s3-customer-key",
    broken: [bucket, encryption("AES256")],
    says: ["Bucket photos is encrypted with S3's own keys"],
    sound: [bucket, encryption("aws:kms")],
  },
  {
    rule: "s3-versioning",
    broken: [bucket, setting("BucketVersioning", { versioningConfiguration: { status: "Suspended" } })],
    says: ["Bucket photos keeps no versions"],
    sound: [bucket, setting("BucketVersioning", { versioningConfiguration: { status: "Enabled" } })],
  },
  {
    rule: "s3-lifecycle",
    broken: [
      bucket,
      lifecycle({ status: "Disabled", noncurrentVersionExpiration: { noncurrentDays: 7 } }),
      lifecycle({ expiration: { days: 7 } }),
    ],
    says: ["Bucket photos keeps old versions for ever"],
    sound: [bucket, lifecycle({ noncurrentVersionExpiration: { noncurrentDays: 7 } })],
  },
  {
    rule: "s3-abort-multipart",
    broken: [
      lifecycle({ filter: { prefix: "a/" }, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }),
    ],
    says: [
      "BucketLifecycleConfiguration photos-BucketLifecycleConfiguration keeps the parts of unfinished multipart uploads",
    ],
    sound: [lifecycle({ abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } })],
  },
  {
    rule: "s3-access-logging",
    broken: [bucket],
    says: ["Bucket photos has no server access logging"],
    sound: [bucket, setting("BucketLogging", { targetBucket: "logs-1" })],
  },
];
