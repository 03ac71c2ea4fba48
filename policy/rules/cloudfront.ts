import { asList, at, attached, type Resource } from "../resource.ts";
import type { AnyRule } from "../rule.ts";

const distribution = "aws:cloudfront/distribution:Distribution";
const headersPolicy = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy";

/** https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html#cloudfront-15. */
const recommendedTls = ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"];
const deprecatedOriginTls = ["SSLv3", "TLSv1", "TLSv1.1"];

const securityHeaders = [
  "contentTypeOptions",
  "strictTransportSecurity",
  "contentSecurityPolicy",
  "referrerPolicy",
];

export const cloudfrontRules: readonly AnyRule[] = [
  {
    name: "cloudfront-default-root-object",
    controls: ["CloudFront.1", "CKV_AWS_305"],
    description: "Distributions of buckets have a default root object",
    remedy: "Set defaultRootObject.",
    types: [distribution],
    violations: ({ props }) => (props.defaultRootObject ? [] : ["has no default root object"]),
  },
  {
    name: "cloudfront-https-only",
    controls: ["CloudFront.3", "CKV_AWS_34"],
    description: "Distributions serve viewers only over HTTPS",
    remedy: "Set viewerProtocolPolicy to redirect-to-https or https-only.",
    types: [distribution],
    violations: ({ props }) =>
      behaviours(props)
        .filter((behaviour) => !["redirect-to-https", "https-only"].includes(String(behaviour.protocol)))
        .map(({ path }) => `serves ${path} over plain HTTP`),
  },
  {
    name: "cloudfront-tls-version",
    controls: ["CloudFront.15", "CKV_AWS_174"],
    description: "Distributions refuse TLS before 1.2",
    remedy: `Set henkan:domain, and minimumProtocolVersion to one of ${recommendedTls.join(", ")}.`,
    types: [distribution],
    violations: ({ props }) => {
      const certificate = at(props, "viewerCertificate");
      if (at(certificate, "cloudfrontDefaultCertificate") === true) {
        return ["uses CloudFront's own certificate, which accepts TLS 1.0"];
      }
      const version = String(at(certificate, "minimumProtocolVersion"));
      return recommendedTls.includes(version) ? [] : [`accepts ${version}`];
    },
  },
  {
    name: "cloudfront-origin-tls",
    controls: ["CloudFront.10", "CloudFront.9"],
    description: "Distributions read custom origins over HTTPS, with TLS 1.2",
    remedy: "Set originProtocolPolicy to https-only and originSslProtocols to TLSv1.2.",
    types: [distribution],
    violations: ({ props }) =>
      asList(props.origins)
        .map((origin) => at(origin, "customOriginConfig"))
        .filter(
          (config) =>
            config !== undefined &&
            (at(config, "originProtocolPolicy") !== "https-only" ||
              asList(at(config, "originSslProtocols")).some((version) =>
                deprecatedOriginTls.includes(String(version)),
              )),
        )
        .map(() => "reads an origin over HTTP or TLS before 1.2"),
  },
  {
    name: "cloudfront-origin-access-control",
    controls: ["CloudFront.13", "CKV2_AWS_46"],
    description: "Distributions read buckets through origin access control",
    remedy: "Give the origin an originAccessControlId.",
    types: [distribution],
    violations: ({ props }) =>
      asList(props.origins)
        .filter((origin) => !at(origin, "customOriginConfig") && !at(origin, "originAccessControlId"))
        .map((origin) => `reads origin ${at(origin, "originId")} without origin access control`),
  },
  {
    name: "cloudfront-security-headers",
    controls: ["CKV2_AWS_32"],
    description: "Every behaviour adds security headers",
    remedy: "Give each behaviour a responseHeadersPolicyId.",
    types: [distribution],
    violations: ({ props }) =>
      behaviours(props)
        .filter(({ headers }) => !headers)
        .map(({ path }) => `serves ${path} without a response headers policy`),
  },
  {
    name: "cloudfront-header-values",
    controls: ["CKV_AWS_259"],
    description: "Header policies enforce HSTS, nosniff, a content security policy and a referrer policy",
    remedy: `Set ${securityHeaders.join(", ")}, each with override true.`,
    types: [headersPolicy],
    violations: ({ props }) =>
      securityHeaders
        .filter((header) => at(props, "securityHeadersConfig", header, "override") !== true)
        .map((header) => `does not enforce ${header}`),
  },
  {
    name: "cloudfront-access-logging",
    controls: ["CloudFront.5", "CKV_AWS_86"],
    description: "Distributions log every request",
    remedy: "Set henkan:accessLogs in the stage's file.",
    types: [distribution],
    violationsInStack: (resource, stack) =>
      at(resource.props, "loggingConfig", "bucket") || deliversLogs(resource, stack)
        ? []
        : ["has no access logs"],
  },
  {
    name: "cloudfront-waf",
    controls: ["CloudFront.6", "CKV_AWS_68"],
    description: "Distributions have a web ACL",
    remedy: "Set henkan:waf in the stage's file.",
    types: [distribution],
    violations: ({ props }) => (props.webAclId ? [] : ["has no web ACL"]),
  },
];

function behaviours(props: Resource["props"]) {
  return [props.defaultCacheBehavior, ...asList(props.orderedCacheBehaviors)].map((behaviour) => ({
    path: String(at(behaviour, "pathPattern") ?? "the default behaviour"),
    protocol: at(behaviour, "viewerProtocolPolicy"),
    headers: at(behaviour, "responseHeadersPolicyId"),
  }));
}

/** Returns true if standard logging (v2) has a delivery whose source is the distribution. */
function deliversLogs(resource: Resource, stack: readonly Resource[]): boolean {
  const sources = attached(
    stack,
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "resourceArn",
    resource,
  );
  return sources.some(
    (source) =>
      attached(stack, "aws:cloudwatch/logDelivery:LogDelivery", "deliverySourceName", source).length > 0,
  );
}
