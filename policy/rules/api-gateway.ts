import { at, attached } from "../resource.ts";
import type { AnyRule } from "../rule.ts";

const stage = "aws:apigatewayv2/stage:Stage";

export const apiGatewayRules: readonly AnyRule[] = [
  {
    name: "api-gateway-authorised-routes",
    controls: ["APIGateway.8", "CKV_AWS_309"],
    description: "Every route of an API is authorised",
    remedy: "Set authorizationType to AWS_IAM, JWT or CUSTOM.",
    types: ["aws:apigatewayv2/route:Route"],
    violations: ({ props: { authorizationType, routeKey } }) =>
      ["AWS_IAM", "JWT", "CUSTOM"].includes(String(authorizationType))
        ? []
        : [`answers ${routeKey} without authorisation`],
  },
  {
    name: "api-gateway-access-logging",
    controls: ["APIGateway.9", "CKV_AWS_76"],
    description: "API stages log every request",
    remedy: "Set accessLogSettings.destinationArn to a LogGroup.",
    types: [stage],
    violations: ({ props }) =>
      at(props, "accessLogSettings", "destinationArn") ? [] : ["has no access log"],
  },
  {
    name: "api-gateway-throttling",
    controls: ["Henkan.APIGateway.1", "REL05-BP02"],
    description: "API stages limit the requests to a function",
    remedy: "Set throttlingRateLimit and throttlingBurstLimit of defaultRouteSettings.",
    types: [stage],
    violations: ({ props }) =>
      ["throttlingRateLimit", "throttlingBurstLimit"]
        .filter((limit) => !(Number(at(props, "defaultRouteSettings", limit)) > 0))
        .map((limit) => `sets no ${limit}`),
  },
  {
    name: "api-gateway-waf",
    controls: ["APIGateway.4", "CKV2_AWS_29"],
    description: "API stages have a web ACL",
    remedy: "Attach a WebAclAssociation.",
    types: [stage],
    violationsInStack: (resource, stack) =>
      attached(stack, "aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn", resource).length > 0
        ? []
        : ["has no web ACL"],
  },
  {
    name: "api-gateway-tls-version",
    controls: ["CKV_AWS_206"],
    description: "Custom domains of APIs refuse TLS before 1.2",
    remedy: "Set securityPolicy to TLS_1_2.",
    types: ["aws:apigatewayv2/domainName:DomainName"],
    violations: ({ props }) =>
      at(props, "domainNameConfiguration", "securityPolicy") === "TLS_1_2" ? [] : ["accepts TLS before 1.2"],
  },
];
