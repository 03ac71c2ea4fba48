import { at, parsed, type Resource, stageOf } from "../resource.ts";
import type { AnyRule } from "../rule.ts";

/** Types whose tags are used to read the bill and the inventory. */
const tagged = [
  "aws:apigatewayv2/api:Api",
  "aws:cloudfront/distribution:Distribution",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:codedeploy/application:Application",
  "aws:codedeploy/deploymentGroup:DeploymentGroup",
  "aws:iam/role:Role",
  "aws:kms/key:Key",
  "aws:lambda/function:Function",
  "aws:s3/bucket:Bucket",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
  "aws:wafv2/webAcl:WebAcl",
];

export const tagsRules: readonly AnyRule[] = [
  {
    name: "default-tags",
    controls: ["Henkan.Tags.1", "CloudFront.14", "IAM.24", "Lambda.6", "SNS.3", "SQS.2"],
    description: "Resources have the tags project and stage, and stage is the stack's name",
    remedy: "Set aws:defaultTags in the stage's file.",
    types: tagged,
    violations: (resource) => {
      const tags = tagsOf(resource);
      const stage = stageOf(resource);
      return [
        ...(at(tags, "project") ? [] : ["has no tag project"]),
        ...(at(tags, "stage") === stage ? [] : [`has no tag stage with the value ${stage}`]),
      ];
    },
  },
];

/**
 * Returns the tags of a resource. Pulumi's engine has the default tags in `tagsAll` or `tags`. The local graph runs no
 * provider, so there the default tags come from the stage file.
 */
function tagsOf({ props, provider }: Resource): Readonly<Record<string, unknown>> {
  const defaults = at(parsed(provider?.props.defaultTags), "tags");
  return { ...asRecord(defaults), ...asRecord(props.tags), ...asRecord(props.tagsAll) };
}

const asRecord = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
