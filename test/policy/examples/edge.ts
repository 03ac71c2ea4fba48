import { type Example, resource } from "./example.ts";

const stageArn = "arn:aws:apigateway:eu-central-1::/apis/a1/stages/$default";
const apiStage = (props: object) => resource("apigatewayv2/Stage", "api-stage", { arn: stageArn, ...props });
const route = (authorizationType: string) =>
  resource("apigatewayv2/Route", "status", { routeKey: "GET /uploads/{id}", authorizationType });
const domain = (securityPolicy: string) =>
  resource("apigatewayv2/DomainName", "api-domain", { domainNameConfiguration: { securityPolicy } });
const throttle = { throttlingRateLimit: 10, throttlingBurstLimit: 20 };

const cdnArn = "arn:aws:cloudfront::123456789012:distribution/E1";
const cdn = (props: object) => resource("cloudfront/Distribution", "cdn", { arn: cdnArn, ...props });
const behaviours = (defaults: object, zip: object) =>
  cdn({ defaultCacheBehavior: defaults, orderedCacheBehaviors: [{ pathPattern: "*.zip", ...zip }] });
const https = { viewerProtocolPolicy: "https-only" };
const headers = { responseHeadersPolicyId: "headers-1" };
const enforced = { override: true };
const headersPolicy = (securityHeadersConfig: object) =>
  resource("cloudfront/ResponseHeadersPolicy", "headers", { securityHeadersConfig });
const origin = (customOriginConfig: object) => cdn({ origins: [{ originId: "site", customOriginConfig }] });
const logSource = resource("cloudwatch/LogDeliverySource", "cdn-source", {
  name: "cdn-source-1",
  resourceArn: cdnArn,
});
const logDelivery = resource("cloudwatch/LogDelivery", "cdn-delivery", {
  deliverySourceName: "cdn-source-1",
});

const aclArn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/1";
const acl = (...rules: readonly object[]) => resource("wafv2/WebAcl", "edge", { arn: aclArn, rules });
const rule = (cloudwatchMetricsEnabled: boolean) => ({
  name: "RateLimit",
  visibilityConfig: { cloudwatchMetricsEnabled },
});

export const edgeExamples: readonly Example[] = [
  {
    rule: "api-gateway-authorised-routes",
    broken: [route("NONE")],
    says: ["Route status answers GET /uploads/{id} without authorisation"],
    sound: [route("AWS_IAM")],
  },
  {
    rule: "api-gateway-access-logging",
    broken: [apiStage({})],
    says: ["Stage api-stage has no access log"],
    sound: [apiStage({ accessLogSettings: { destinationArn: "arn:aws:logs:::log-group:api" } })],
  },
  {
    rule: "api-gateway-throttling",
    broken: [apiStage({ defaultRouteSettings: { throttlingRateLimit: 10 } })],
    says: ["Stage api-stage sets no throttlingBurstLimit"],
    sound: [apiStage({ defaultRouteSettings: throttle })],
  },
  {
    rule: "api-gateway-waf",
    broken: [apiStage({})],
    says: ["Stage api-stage has no web ACL"],
    sound: [
      apiStage({}),
      resource("wafv2/WebAclAssociation", "api-acl", { resourceArn: stageArn, webAclArn: aclArn }),
    ],
  },
  {
    rule: "api-gateway-tls-version",
    broken: [domain("TLS_1_0")],
    says: ["DomainName api-domain accepts TLS before 1.2"],
    sound: [domain("TLS_1_2")],
  },
  {
    rule: "cloudfront-default-root-object",
    broken: [cdn({})],
    says: ["Distribution cdn has no default root object"],
    sound: [cdn({ defaultRootObject: "index.html" })],
  },
  {
    rule: "cloudfront-https-only",
    broken: [behaviours(https, { viewerProtocolPolicy: "allow-all" })],
    says: ["Distribution cdn serves *.zip over plain HTTP"],
    sound: [behaviours(https, https)],
  },
  {
    rule: "cloudfront-tls-version",
    broken: [cdn({ viewerCertificate: { cloudfrontDefaultCertificate: true } })],
    says: ["Distribution cdn uses CloudFront's own certificate, which accepts TLS 1.0"],
    sound: [cdn({ viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021" } })],
  },
  {
    rule: "cloudfront-tls-version",
    broken: [cdn({ viewerCertificate: { minimumProtocolVersion: "TLSv1.1_2016" } })],
    says: ["Distribution cdn accepts TLSv1.1_2016"],
    sound: [cdn({ viewerCertificate: { minimumProtocolVersion: "TLSv1.3_2025" } })],
  },
  {
    rule: "cloudfront-origin-tls",
    broken: [origin({ originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.1", "TLSv1.2"] })],
    says: ["Distribution cdn reads an origin over HTTP or TLS before 1.2"],
    sound: [origin({ originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] })],
  },
  {
    rule: "cloudfront-origin-access-control",
    broken: [cdn({ origins: [{ originId: "outputs" }] })],
    says: ["Distribution cdn reads origin outputs without origin access control"],
    sound: [cdn({ origins: [{ originId: "outputs", originAccessControlId: "oac-1" }] })],
  },
  {
    rule: "cloudfront-security-headers",
    broken: [behaviours({}, headers)],
    says: ["Distribution cdn serves the default behaviour without a response headers policy"],
    sound: [behaviours(headers, headers)],
  },
  {
    rule: "cloudfront-header-values",
    broken: [
      headersPolicy({ contentTypeOptions: enforced, contentSecurityPolicy: enforced, referrerPolicy: {} }),
    ],
    says: [
      "ResponseHeadersPolicy headers does not enforce strictTransportSecurity",
      "ResponseHeadersPolicy headers does not enforce referrerPolicy",
    ],
    sound: [
      headersPolicy({
        contentTypeOptions: enforced,
        strictTransportSecurity: enforced,
        contentSecurityPolicy: enforced,
        referrerPolicy: enforced,
      }),
    ],
  },
  {
    rule: "cloudfront-access-logging",
    broken: [cdn({}), logSource],
    says: ["Distribution cdn has no access logs"],
    sound: [cdn({}), logSource, logDelivery],
  },
  {
    rule: "cloudfront-waf",
    broken: [cdn({})],
    says: ["Distribution cdn has no web ACL"],
    sound: [cdn({ webAclId: aclArn })],
  },
  {
    rule: "waf-has-rules",
    broken: [acl()],
    says: ["WebAcl edge has no rules"],
    sound: [acl(rule(true))],
  },
  {
    rule: "waf-metrics",
    broken: [acl(rule(false))],
    says: ["WebAcl edge has no metrics of rule RateLimit"],
    sound: [acl(rule(true))],
  },
  {
    rule: "waf-logging",
    broken: [acl(rule(true))],
    says: ["WebAcl edge has no logs"],
    sound: [
      acl(rule(true)),
      resource("wafv2/WebAclLoggingConfiguration", "edge-logs", { resourceArn: aclArn }),
    ],
  },
];
