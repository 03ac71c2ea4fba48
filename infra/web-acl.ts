import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StageContext } from "./stage.ts";

export interface WebAclArgs {
  /** Requests that one IP address may make in five minutes. */
  readonly rateLimit: number;
  readonly stage: StageContext;
  /** The web ACL in CloudWatch metrics; differs between pipelines. */
  readonly metricName: pulumi.Input<string>;
}

/** The only region of CloudFront's web ACLs. */
const region = "us-east-1";

/** AWS's rule groups in their order; the rate limit comes after them. */
const managedRuleGroups = [
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesCommonRuleSet",
  "AWSManagedRulesKnownBadInputsRuleSet",
];

/** A web application firewall for a distribution: AWS's managed rules and a rate limit for each IP address. */
export class WebAcl extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(
    name: string,
    { rateLimit, metricName, stage: { logRetentionDays } }: WebAclArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("henkan:delivery:WebAcl", name, {}, opts);
    const child = { parent: this };
    const acl = new aws.wafv2.WebAcl(
      `${name}-web-acl`,
      {
        region,
        scope: "CLOUDFRONT",
        defaultAction: { allow: {} },
        rules: [
          ...managedRuleGroups.map((group, priority) => ({
            name: group,
            priority,
            overrideAction: { none: {} },
            statement: { managedRuleGroupStatement: { vendorName: "AWS", name: group } },
            visibilityConfig: visibility(group),
          })),
          {
            name: "RateLimit",
            priority: managedRuleGroups.length,
            action: { block: {} },
            statement: { rateBasedStatement: { limit: rateLimit, aggregateKeyType: "IP" } },
            visibilityConfig: visibility("RateLimit"),
          },
        ],
        visibilityConfig: visibility(metricName),
      },
      child,
    );
    this.arn = acl.arn;
    // WAF writes only to log groups whose names start like this; the name of the ACL is unique in the account.
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-web-acl-logs`,
      {
        region,
        name: pulumi.interpolate`aws-waf-logs-${acl.name}`,
        retentionInDays: logRetentionDays,
      },
      child,
    );
    new aws.wafv2.WebAclLoggingConfiguration(
      `${name}-web-acl-logging`,
      {
        region,
        resourceArn: acl.arn,
        logDestinationConfigs: [logs.arn],
        // A signed URL is as good as a password until it expires.
        redactedFields: [{ queryString: {} }],
        loggingFilter: {
          defaultBehavior: "DROP",
          filters: [
            {
              behavior: "KEEP",
              requirement: "MEETS_ANY",
              conditions: [{ actionCondition: { action: "BLOCK" } }],
            },
          ],
        },
      },
      child,
    );
    this.registerOutputs({ arn: this.arn });
  }
}

function visibility(metricName: pulumi.Input<string>) {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
