import type * as aws from "@pulumi/aws";
import { asUuid, type Context, emulated, named, type ResourceTypes, withoutEffect } from "./resource-type.ts";

/** API Gateway, CloudFront and the services in front of them. */
export const frontDoors = {
  "aws:apigatewayv2/api:Api": emulated<aws.apigatewayv2.ApiArgs>(
    ({ token, region, arn, physicalName: name }) => ({
      id: token(10),
      name,
      arn: `arn:aws:apigateway:${region}::/apis/${token(10)}`,
      apiEndpoint: `https://${token(10)}.execute-api.${region}.amazonaws.com`,
      executionArn: arn("execute-api", token(10)),
    }),
  ),
  "aws:apigatewayv2/authorizer:Authorizer": withoutEffect(
    "the local API is open, and on loopback only",
    ofApi,
  ),
  "aws:apigatewayv2/integration:Integration": emulated<aws.apigatewayv2.IntegrationArgs>(ofApi),
  "aws:apigatewayv2/route:Route": emulated<aws.apigatewayv2.RouteArgs>(ofApi),
  "aws:apigatewayv2/stage:Stage": withoutEffect(
    "the local API has no throttling and no access log",
    ({ inputs, region }) => ({
      id: String(inputs.name),
      arn: `arn:aws:apigateway:${region}::/apis/${inputs.apiId}/stages/${inputs.name}`,
    }),
  ),
  "aws:cloudfront/distribution:Distribution": emulated<aws.cloudfront.DistributionArgs>(
    ({ token, accountId }) => {
      const id = `E${token(13).toUpperCase()}`;
      return {
        id,
        arn: `arn:aws:cloudfront::${accountId}:distribution/${id}`,
        domainName: `d${token(13)}.cloudfront.net`,
        // The same for every distribution.
        hostedZoneId: "Z2FDTNDATAQYW2",
      };
    },
  ),
  "aws:cloudfront/originAccessControl:OriginAccessControl": withoutEffect(
    "the bucket policy's statement decides alone",
    named,
  ),
  "aws:cloudfront/cachePolicy:CachePolicy": emulated<aws.cloudfront.CachePolicyArgs>(named),
  "aws:cloudfront/keyGroup:KeyGroup": emulated<aws.cloudfront.KeyGroupArgs>(named),
  "aws:cloudfront/publicKey:PublicKey": emulated<aws.cloudfront.PublicKeyArgs>(
    ({ token, physicalName: name }) => ({ id: `K${token(13).toUpperCase()}`, name }),
  ),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy":
    emulated<aws.cloudfront.ResponseHeadersPolicyArgs>(named),
  "aws:route53/record:Record": withoutEffect(
    "the CDN answers on loopback, whatever its domain",
    ({ inputs }) => ({
      id: `${inputs.zoneId}_${inputs.name}_${inputs.type}`,
      fqdn: inputs.name,
    }),
  ),
  "aws:wafv2/webAcl:WebAcl": withoutEffect(
    "loopback needs no firewall",
    ({ physicalName: name, arn, token }) => ({
      id: asUuid(token(32)),
      name,
      arn: arn("wafv2", `global/webacl/${name}/${asUuid(token(32))}`),
    }),
  ),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": withoutEffect(
    "the firewall is not brought up",
    ({ inputs }) => ({ id: String(inputs.resourceArn) }),
  ),
} satisfies ResourceTypes;

function ofApi({ token }: Context) {
  return { id: token(7) };
}
