import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, allowService, type PolicyStatement, policyDocument } from "./policies.ts";

/**
 * X-Ray has no resources to name for these actions:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html.
 */
const everything = "*";

/** Lets a function with active tracing send its traces. */
export const writeTraces: PolicyStatement = allow(
  ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  everything,
);

/**
 * Lets SNS add its part to the traces of messages to `topics`:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-active-tracing.html. An account has room for five such policies.
 */
export function topicTracing(
  name: string,
  {
    topics,
    accountId,
    physicalName,
  }: { topics: readonly aws.sns.Topic[]; accountId: string; physicalName: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): aws.xray.ResourcePolicy {
  return new aws.xray.ResourcePolicy(
    name,
    {
      policyName: pulumi.interpolate`${physicalName}-topics`,
      policyDocument: policyDocument(
        allowService(
          "sns.amazonaws.com",
          ["xray:PutTraceSegments", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
          everything,
          { arn: topics.map(({ arn }) => arn), account: accountId },
        ),
      ),
    },
    opts,
  );
}
