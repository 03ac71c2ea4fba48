import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { filesPrefix, outputKey } from "../converters/keys.ts";
import { CdnPolicies } from "./cdn-policies.ts";
import { denyInsecureTransport, policyDocument } from "./policies.ts";

export interface CdnArgs {
  readonly bucket: aws.s3.Bucket;
  /** Which edge locations serve: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`. */
  readonly priceClass: string;
}

const notFoundPage = "not-found.json";
/** An output that is asked for too early must be found once it is there. */
const errorTtlSeconds = 1;

/**
 * The public way to the outputs, and the only one.
 *
 * It answers on its `cloudfront.net` name, whose certificate cannot refuse TLS 1.0: a stage that must needs a
 * domain and a certificate of its own.
 */
export class Cdn extends pulumi.ComponentResource {
  readonly distribution: aws.cloudfront.Distribution;
  readonly url: pulumi.Output<string>;

  constructor(name: string, { bucket, priceClass }: CdnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:delivery:Cdn", name, {}, opts);
    const child = { parent: this };
    const originAccess = new aws.cloudfront.OriginAccessControl(
      `${name}-origin-access`,
      { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" },
      child,
    );
    const policies = new CdnPolicies(name, child);
    const behaviour = {
      targetOriginId: "outputs",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      compress: true,
      cachePolicyId: policies.cache.id,
    };
    this.distribution = new aws.cloudfront.Distribution(
      `${name}-distribution`,
      {
        enabled: true,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        priceClass,
        origins: [
          {
            originId: "outputs",
            domainName: bucket.bucketRegionalDomainName,
            originPath: `/${filesPrefix}`,
            originAccessControlId: originAccess.id,
          },
        ],
        defaultCacheBehavior: { ...behaviour, responseHeadersPolicyId: policies.inline.id },
        orderedCacheBehaviors: [
          { ...behaviour, pathPattern: "*.zip", responseHeadersPolicyId: policies.attachment.id },
        ],
        // S3 answers 403 for what is not there, because CloudFront may not list the bucket.
        customErrorResponses: [
          {
            errorCode: 403,
            responseCode: 404,
            responsePagePath: `/${notFoundPage}`,
            errorCachingMinTtl: errorTtlSeconds,
          },
        ],
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: { cloudfrontDefaultCertificate: true },
      },
      child,
    );
    this.url = pulumi.interpolate`https://${this.distribution.domainName}`;
    this.#letDistributionRead(`${name}-bucket-policy`, bucket);
    new aws.s3.BucketObjectv2(
      `${name}-not-found`,
      {
        bucket: bucket.bucket,
        key: outputKey(notFoundPage),
        contentType: "application/problem+json",
        content: JSON.stringify({ title: "Not found", status: 404 }),
      },
      child,
    );
    this.registerOutputs({ distribution: this.distribution, url: this.url });
  }

  #letDistributionRead(name: string, bucket: aws.s3.Bucket): void {
    const files = pulumi.interpolate`${bucket.arn}/${filesPrefix}/*`;
    const policy = policyDocument(
      denyInsecureTransport("s3:*", [bucket.arn, pulumi.interpolate`${bucket.arn}/*`]),
      {
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: files,
        Condition: { StringEquals: { "AWS:SourceArn": this.distribution.arn } },
      },
    );
    new aws.s3.BucketPolicy(name, { bucket: bucket.bucket, policy }, { parent: this });
  }
}
