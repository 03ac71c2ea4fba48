import { asList, at, attached, type Resource } from "../resource.ts";
import type { AnyRule } from "../rule.ts";

const lambdaFunction = "aws:lambda/function:Function";
const permission = "aws:lambda/permission:Permission";

/** Runtimes that are not deprecated, https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html. */
const supportedRuntimes = ["nodejs24.x", "nodejs22.x", "provided.al2023"];

export const lambdaRules: readonly AnyRule[] = [
  {
    name: "lambda-not-public",
    controls: ["Lambda.1", "CKV_AWS_301"],
    description: "Functions are not public",
    remedy: "Name the service or account that invokes it as principal.",
    types: [permission],
    violations: ({ props }) => (props.principal === "*" ? ["lets anyone invoke the function"] : []),
  },
  {
    name: "lambda-url-authorised",
    controls: ["CKV_AWS_258"],
    description: "Function URLs are authorised",
    remedy: "Set authorizationType to AWS_IAM.",
    types: ["aws:lambda/functionUrl:FunctionUrl"],
    violations: ({ props }) =>
      props.authorizationType === "AWS_IAM" ? [] : ["answers anyone who knows the URL"],
  },
  {
    name: "lambda-source-condition",
    controls: ["CKV_AWS_364"],
    description: "Services may invoke a function only for our own resources",
    remedy: "Set sourceArn or sourceAccount.",
    types: [permission],
    violations: ({ props: { principal, sourceArn, sourceAccount } }) =>
      String(principal).endsWith(".amazonaws.com") && !sourceArn && !sourceAccount
        ? [`lets ${principal} invoke the function for resources of any account`]
        : [],
  },
  {
    name: "lambda-supported-runtime",
    controls: ["Lambda.2", "CKV_AWS_363"],
    description: "Functions use supported runtimes",
    remedy: `Use one of ${supportedRuntimes.join(", ")}.`,
    types: [lambdaFunction],
    violations: ({ props: { runtime } }) =>
      supportedRuntimes.includes(String(runtime)) ? [] : [`runs on ${runtime}`],
  },
  {
    name: "lambda-multi-az",
    controls: ["Lambda.5"],
    description: "Functions in a VPC run in several Availability Zones",
    remedy: "Give vpcConfig subnets of at least two Availability Zones, or leave it out.",
    types: [lambdaFunction],
    violations: ({ props }) =>
      at(props, "vpcConfig") !== undefined && asList(at(props, "vpcConfig", "subnetIds")).length < 2
        ? ["runs in fewer than two subnets"]
        : [],
  },
  {
    name: "lambda-tracing",
    controls: ["Lambda.7", "CKV_AWS_50"],
    description: "Functions are traced",
    remedy: "Set tracingConfig.mode to Active.",
    types: [lambdaFunction],
    violations: ({ props }) =>
      at(props, "tracingConfig", "mode") === "Active" ? [] : ["has no active X-Ray tracing"],
  },
  {
    name: "lambda-declared-logs",
    controls: ["Henkan.Lambda.1"],
    description: "Functions log to a declared log group, whose retention is known",
    remedy: "Set loggingConfig.logGroup to a LogGroup of the program.",
    types: [lambdaFunction],
    violations: ({ props }) =>
      at(props, "loggingConfig", "logGroup")
        ? []
        : ["logs to a group that Lambda creates and keeps for ever"],
  },
  {
    name: "lambda-bounded-concurrency",
    controls: ["CKV_AWS_115", "REL05-BP02"],
    description: "Concurrent invocations from queues and streams are limited",
    remedy: "Set scalingConfig.maximumConcurrency, or the function's reservedConcurrentExecutions.",
    types: ["aws:lambda/eventSourceMapping:EventSourceMapping"],
    violationsInStack: (mapping, stack) => {
      const bounded = Number(at(mapping.props, "scalingConfig", "maximumConcurrency")) > 0;
      return bounded || isReserved(mapping, stack) ? [] : ["has no maximum concurrency"];
    },
  },
];

/** Returns true if the mapping's function, named directly or by an alias, has reserved concurrency. */
function isReserved(mapping: Resource, stack: readonly Resource[]): boolean {
  return stack.some(
    (resource) =>
      resource.type === lambdaFunction &&
      Number(resource.props.reservedConcurrentExecutions) > 0 &&
      [resource, ...attached(stack, "aws:lambda/alias:Alias", "functionName", resource)].some(
        (target) => attached([mapping], mapping.type, "functionName", target).length > 0,
      ),
  );
}
