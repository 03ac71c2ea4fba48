import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { filesPrefix, outputKey, pagePrefix } from "../contract/keys.ts";
import { pageBehaviours, pageOrigin, rootObject } from "./cdn-page.ts";
import { CdnPolicies } from "./cdn-policies.ts";
import type { Domain } from "./config/settings.ts";
import { CustomDomain } from "./custom-domain.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { denyInsecureTransport, policyDocument, type Statement } from "./policies.ts";

export interface CdnArgs {
  readonly bucket: aws.s3.Bucket;
  /** Which edge locations serve: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`. */
  readonly priceClass: string;
  /** Customer managed key of the bucket's objects, whose policy is set here. */
  readonly key: EncryptionKey | undefined;
  /** Of a firewall in front. */
  readonly webAclArn: pulumi.Input<string> | undefined;
  /** Only URLs that one of these keys signed are served; all when absent. */
  readonly keyGroupId: pulumi.Input<string> | undefined;
  /** Whose name the URLs carry; CloudFront's own when absent. */
  readonly domain: Domain | undefined;
  /** Whether a page is served at the root, beside the outputs. */
  readonly hasPage: boolean;
}

const notFoundPage = "not-found.json";
/** An output that is asked for too early must be found once it is there. */
const errorTtlSeconds = 1;

/**
 * The public way to the outputs, and the only one; to the page as well, where there is one.
 *
 * Without a domain it answers on its `cloudfront.net` name, whose certificate cannot refuse TLS 1.0.
 */
export class Cdn extends pulumi.ComponentResource {
  readonly distribution: aws.cloudfront.Distribution;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: CdnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:delivery:Cdn", name, {}, opts);
    const { bucket, priceClass, webAclArn, keyGroupId, domain, hasPage } = args;
    const child = { parent: this };
    const originAccess = new aws.cloudfront.OriginAccessControl(
      `${name}-origin-access`,
      { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" },
      child,
    );
    const policies = new CdnPolicies(name, { hasPage }, child);
    const behaviour = {
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      compress: true,
      cachePolicyId: policies.cache.id,
    };
    const outputs = {
      ...behaviour,
      targetOriginId: "outputs",
      ...(keyGroupId && { trustedKeyGroups: [keyGroupId] }),
    };
    const origin = {
      domainName: bucket.bucketRegionalDomainName,
      originAccessControlId: originAccess.id,
    };
    this.distribution = new aws.cloudfront.Distribution(
      `${name}-distribution`,
      {
        enabled: true,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        priceClass,
        defaultRootObject: rootObject,
        origins: [
          { ...origin, originId: "outputs", originPath: `/${filesPrefix}` },
          ...(hasPage ? [pageOrigin(origin)] : []),
        ],
        defaultCacheBehavior: { ...outputs, responseHeadersPolicyId: policies.inline.id },
        orderedCacheBehaviors: [
          ...(policies.page
            ? pageBehaviours({ ...behaviour, responseHeadersPolicyId: policies.page.id })
            : []),
          { ...outputs, pathPattern: "*.zip", responseHeadersPolicyId: policies.attachment.id },
        ],
        customErrorResponses: [keyGroupId ? forbidden : notFound],
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: viewerCertificate(domain),
        ...(domain && { aliases: [domain.name] }),
        ...(webAclArn && { webAclId: webAclArn }),
      },
      child,
    );
    this.url = pulumi.interpolate`https://${domain?.name ?? this.distribution.domainName}`;
    if (domain?.hostedZoneId) {
      const { name: domainName, hostedZoneId } = domain;
      new CustomDomain(name, { distribution: this.distribution, domainName, hostedZoneId }, child);
    }
    this.#letDistributionRead(
      `${name}-bucket-policy`,
      bucket,
      hasPage ? [filesPrefix, pagePrefix] : [filesPrefix],
    );
    args.key?.admit((keyArn) => [this.#allowDistribution("kms:Decrypt", keyArn)]);
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

  #letDistributionRead(name: string, bucket: aws.s3.Bucket, prefixes: readonly string[]): void {
    const policy = policyDocument(
      denyInsecureTransport("s3:*", [bucket.arn, pulumi.interpolate`${bucket.arn}/*`]),
      ...prefixes.map((prefix) =>
        this.#allowDistribution("s3:GetObject", pulumi.interpolate`${bucket.arn}/${prefix}/*`),
      ),
    );
    new aws.s3.BucketPolicy(name, { bucket: bucket.bucket, policy }, { parent: this });
  }

  #allowDistribution(action: string, resource: pulumi.Input<string>): Statement {
    return {
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: action,
      Resource: resource,
      Condition: { StringEquals: { "AWS:SourceArn": this.distribution.arn } },
    };
  }
}

/** How the distribution shows who it is: by the certificate of all of CloudFront, or by the domain's own. */
function viewerCertificate(domain: Domain | undefined) {
  if (!domain) return { cloudfrontDefaultCertificate: true };
  return {
    acmCertificateArn: domain.certificateArn,
    sslSupportMethod: "sni-only",
    minimumProtocolVersion: "TLSv1.2_2021",
  };
}

/** S3 answers 403 for what is not there, because CloudFront may not list the bucket. */
const notFound = {
  errorCode: 403,
  responseCode: 404,
  responsePagePath: `/${notFoundPage}`,
  errorCachingMinTtl: errorTtlSeconds,
};

/** Where URLs are signed, 403 also says that a signature is missing, wrong or expired, and stays what it is. */
const forbidden = { errorCode: 403, errorCachingMinTtl: errorTtlSeconds };
