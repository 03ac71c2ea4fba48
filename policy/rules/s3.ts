import { asList, at, attached, type Resource } from "../resource.ts";
import type { AnyRule } from "../rule.ts";
import { hasPolicy, policyTypes, refusesEveryone, refusesPlainHttp } from "./resource-policies.ts";

const bucket = "aws:s3/bucket:Bucket";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const publicAccessFlags = [
  "blockPublicAcls",
  "blockPublicPolicy",
  "ignorePublicAcls",
  "restrictPublicBuckets",
];

/** Returns the resources of a kind that hold settings of the bucket. */
const settings = (stack: readonly Resource[], kind: string, of: Resource) =>
  attached(stack, `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`, "bucket", of);

export const s3Rules: readonly AnyRule[] = [
  {
    name: "s3-public-access-block",
    controls: ["S3.8", "CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
    description: "Buckets block public access",
    remedy: "Attach a BucketPublicAccessBlock with all four flags true.",
    types: [bucket],
    violationsInStack: (resource, stack) => {
      const [block] = settings(stack, "BucketPublicAccessBlock", resource);
      if (!block) return ["has no public access block"];
      return publicAccessFlags
        .filter((flag) => block.props[flag] !== true)
        .map((flag) => `does not set ${flag}`);
    },
  },
  hasPolicy({ name: "s3-has-policy", controls: ["Henkan.S3.1"] }, bucket, policyTypes.bucket),
  refusesPlainHttp({ name: "s3-tls-only", controls: ["S3.5", "CKV_AWS_379"] }, policyTypes.bucket, {
    action: "s3:*",
    withObjects: true,
  }),
  refusesEveryone({ name: "s3-not-public", controls: ["S3.2", "S3.3", "CKV_AWS_70"] }, [
    policyTypes.bucket.type,
  ]),
  {
    name: "s3-no-acls",
    controls: ["S3.12", "CKV2_AWS_65"],
    description: "ACLs do not manage access to buckets",
    remedy: "Attach BucketOwnershipControls with BucketOwnerEnforced.",
    types: [bucket],
    violationsInStack: (resource, stack) =>
      settings(stack, "BucketOwnershipControls", resource).some(
        ({ props }) => at(props, "rule", "objectOwnership") === "BucketOwnerEnforced",
      )
        ? []
        : ["lets ACLs manage access"],
  },
  {
    name: "s3-encryption",
    controls: ["CKV_AWS_19"],
    description: "Buckets encrypt objects at rest",
    remedy: "Attach a BucketServerSideEncryptionConfiguration with AES256 or aws:kms.",
    types: [bucket],
    violationsInStack: (resource, stack) =>
      algorithms(resource, stack).length > 0 ? [] : ["declares no encryption at rest"],
  },
  {
    name: "s3-customer-key",
    controls: ["S3.17", "CKV_AWS_145"],
    description: "Buckets encrypt objects with AWS KMS keys",
    remedy: "Set henkan:kms in the stage's file.",
    types: [bucket],
    enforcement: "advisory",
    violationsInStack: (resource, stack) =>
      algorithms(resource, stack).includes("aws:kms") ? [] : ["is encrypted with S3's own keys"],
  },
  {
    name: "s3-versioning",
    controls: ["S3.14", "CKV_AWS_21"],
    description: "Buckets keep versions",
    remedy: "Attach a BucketVersioning with status Enabled.",
    types: [bucket],
    violationsInStack: (resource, stack) =>
      settings(stack, "BucketVersioning", resource).some(
        ({ props }) => at(props, "versioningConfiguration", "status") === "Enabled",
      )
        ? []
        : ["keeps no versions"],
  },
  {
    name: "s3-lifecycle",
    controls: ["S3.13", "S3.10", "CKV2_AWS_61"],
    description: "Buckets let old versions expire",
    remedy: "Attach a BucketLifecycleConfiguration that expires noncurrent versions.",
    types: [bucket],
    violationsInStack: (resource, stack) =>
      lifecycleRules(resource, stack).some((rule) =>
        days(rule, "noncurrentVersionExpiration", "noncurrentDays"),
      )
        ? []
        : ["keeps old versions for ever"],
  },
  {
    name: "s3-abort-multipart",
    controls: ["CKV_AWS_300"],
    description: "Lifecycles abort unfinished multipart uploads",
    remedy: "Add a rule with abortIncompleteMultipartUpload for every object.",
    types: [lifecycle],
    violations: ({ props }) =>
      asList(props.rules).some(
        (rule) =>
          isOfEveryObject(rule) && days(rule, "abortIncompleteMultipartUpload", "daysAfterInitiation"),
      )
        ? []
        : ["keeps the parts of unfinished multipart uploads"],
  },
  {
    name: "s3-access-logging",
    controls: ["S3.9", "CKV_AWS_18"],
    description: "Buckets log every request",
    remedy: "Set henkan:accessLogs in the stage's file.",
    types: [bucket],
    violationsInStack: (resource, stack) =>
      settings(stack, "BucketLogging", resource).length > 0 ? [] : ["has no server access logging"],
  },
];

function algorithms(resource: Resource, stack: readonly Resource[]): readonly unknown[] {
  return settings(stack, "BucketServerSideEncryptionConfiguration", resource)
    .flatMap(({ props }) => asList(props.rules))
    .map((rule) => at(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm"))
    .filter((algorithm) => algorithm !== undefined);
}

function lifecycleRules(resource: Resource, stack: readonly Resource[]): readonly unknown[] {
  return attached(stack, lifecycle, "bucket", resource)
    .flatMap(({ props }) => asList(props.rules))
    .filter(isOfEveryObject);
}

function isOfEveryObject(rule: unknown): boolean {
  return at(rule, "status") === "Enabled" && at(rule, "filter", "prefix") === "";
}

const days = (rule: unknown, ...path: readonly string[]): boolean => Number(at(rule, ...path)) > 0;
