import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface WebAclArgs {
  /** Requests that one IP address may make in five minutes. */
  readonly rateLimit: number;
  readonly logRetentionDays: number;
}

/** Web ACLs of CloudFront live here, wherever the rest of the stage is. */
const region = "us-east-1";

/** In order: what never ends well, then who asks too often. */
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
    { rateLimit, logRetentionDays }: WebAclArgs,
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
        visibilityConfig: visibility(name),
      },
      child,
    );
    this.arn = acl.arn;
    // WAF writes only to log groups whose names start like this.
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-web-acl-logs`,
      {
        region,
        name: `aws-waf-logs-${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
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

function visibility(metricName: string) {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
