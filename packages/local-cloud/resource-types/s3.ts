import type * as aws from "@pulumi/aws";
import { type Context, emulated, type ResourceTypes, withoutEffect } from "./resource-type.ts";

const unencrypted = "objects are stored unencrypted in the data folder";

/** S3. */
export const s3 = {
  "aws:s3/bucket:Bucket": emulated<aws.s3.BucketArgs>(({ physicalName: bucket, region }) => ({
    id: bucket,
    bucket,
    arn: `arn:aws:s3:::${bucket}`,
    region,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
  })),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration":
    emulated<aws.s3.BucketCorsConfigurationArgs>(ofBucket),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration":
    emulated<aws.s3.BucketLifecycleConfigurationArgs>(ofBucket),
  "aws:s3/bucketLogging:BucketLogging": withoutEffect("the S3 endpoint writes no access log", ofBucket),
  "aws:s3/bucketNotification:BucketNotification": emulated<aws.s3.BucketNotificationArgs>(ofBucket),
  "aws:s3/bucketObjectv2:BucketObjectv2": emulated<aws.s3.BucketObjectv2Args>(({ inputs }) => ({
    id: `${inputs.bucket}/${inputs.key}`,
    arn: `arn:aws:s3:::${inputs.bucket}/${inputs.key}`,
  })),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": withoutEffect(
    "the S3 endpoint has no ACLs",
    ofBucket,
  ),
  "aws:s3/bucketPolicy:BucketPolicy": emulated<aws.s3.BucketPolicyArgs>(ofBucket),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": withoutEffect(
    "the S3 endpoint allows no anonymous access",
    ofBucket,
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": withoutEffect(
    unencrypted,
    ofBucket,
  ),
  "aws:s3/bucketVersioning:BucketVersioning": withoutEffect("the S3 endpoint keeps no versions", ofBucket),
} satisfies ResourceTypes;

/** Returns the bucket's name as the id of a resource that configures the bucket. */
function ofBucket({ inputs }: Context) {
  return { id: String(inputs.bucket) };
}
