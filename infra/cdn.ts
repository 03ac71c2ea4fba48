import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { filesPrefix, outputKey, pagePrefix } from "../contract/keys.ts";
import { pageBehaviours, pageOrigin, rootObject } from "./cdn-page.ts";
import { CdnPolicies } from "./cdn-policies.ts";
import type { Domain } from "./config/settings.ts";
import { CustomDomain } from "./custom-domain.ts";
import { denyInsecureTransport, type PolicyStatement, policyDocument } from "./policies.ts";

export interface CdnArgs {
  readonly bucket: aws.s3.Bucket;
  /** The edge locations that serve: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`. */
  readonly priceClass: string;
  /** The ARN of the firewall in front; none when absent. */
  readonly webAclArn: pulumi.Input<string> | undefined;
  /** The key group whose signed URLs are served; when absent, the CDN serves unsigned URLs. */
  readonly keyGroupId: pulumi.Input<string> | undefined;
  /** The domain of the URLs; CloudFront's own when absent. */
  readonly domain: Domain | undefined;
  /** Serves a page at the root, next to the outputs. */
  readonly hasPage: boolean;
}

const notFoundPage = "not-found.json";
/** Short, so that a client that asks for an output too early finds it once it exists. */
const errorTtlSeconds = 1;

/**
 * The CDN: the only public way to the outputs, and to the page where there is one.
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

  /** Returns the grants that the distribution needs on the key of the bucket's objects. */
  keyStatements(keyArn: pulumi.Output<string>): PolicyStatement[] {
    return [this.#allowDistribution("kms:Decrypt", keyArn)];
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

  #allowDistribution(action: string, resource: pulumi.Input<string>): PolicyStatement {
    return {
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: action,
      Resource: resource,
      Condition: { StringEquals: { "AWS:SourceArn": this.distribution.arn } },
    };
  }
}

/** Returns the settings of the certificate: CloudFront's own, or the domain's. */
function viewerCertificate(domain: Domain | undefined) {
  if (!domain) return { cloudfrontDefaultCertificate: true };
  return {
    acmCertificateArn: domain.certificateArn,
    sslSupportMethod: "sni-only",
    minimumProtocolVersion: "TLSv1.2_2021",
  };
}

/** S3 answers 403 for a missing object, because CloudFront may not list the bucket. */
const notFound = {
  errorCode: 403,
  responseCode: 404,
  responsePagePath: `/${notFoundPage}`,
  errorCachingMinTtl: errorTtlSeconds,
};

/** With signed URLs, 403 also reports a missing, wrong or expired signature, so it must not become 404. */
const forbidden = { errorCode: 403, errorCachingMinTtl: errorTtlSeconds };
