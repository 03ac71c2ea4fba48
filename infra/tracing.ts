import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, allowService, policyDocument, type Statement } from "./policies.ts";

/**
 * X-Ray has no resources to name for these actions:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html.
 */
const everything = "*";

/** What a function with active tracing may do. */
export const writeTraces: Statement = allow(
  ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  everything,
);

/**
 * Lets SNS add its part to the traces of messages to `topicArns`:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-active-tracing.html. An account has room for five such policies.
 */
export function topicTracing(
  name: string,
  { topicArns, accountId }: { topicArns: pulumi.Input<string>[]; accountId: string },
): aws.xray.ResourcePolicy {
  return new aws.xray.ResourcePolicy(name, {
    policyName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
    policyDocument: policyDocument(
      allowService(
        "sns.amazonaws.com",
        ["xray:PutTraceSegments", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
        everything,
        { arn: topicArns, account: accountId },
      ),
    ),
  });
}
