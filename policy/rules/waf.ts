import { asList, at, attached } from "../resource.ts";
import type { AnyRule } from "../rule.ts";

const webAcl = "aws:wafv2/webAcl:WebAcl";

export const wafRules: readonly AnyRule[] = [
  {
    name: "waf-has-rules",
    controls: ["WAF.10"],
    description: "Web ACLs have at least one rule",
    remedy: "Add a managed rule group or a rate limit.",
    types: [webAcl],
    violations: ({ props }) => (asList(props.rules).length > 0 ? [] : ["has no rules"]),
  },
  {
    name: "waf-metrics",
    controls: ["WAF.12"],
    description: "Rules of web ACLs have metrics",
    remedy: "Set cloudwatchMetricsEnabled in every visibilityConfig.",
    types: [webAcl],
    violations: ({ props }) =>
      asList(props.rules)
        .filter((rule) => at(rule, "visibilityConfig", "cloudwatchMetricsEnabled") !== true)
        .map((rule) => `has no metrics of rule ${at(rule, "name")}`),
  },
  {
    name: "waf-logging",
    controls: ["WAF.11", "CKV2_AWS_31"],
    description: "Web ACLs log what they block",
    remedy: "Attach a WebAclLoggingConfiguration.",
    types: [webAcl],
    violationsInStack: (resource, stack) =>
      attached(
        stack,
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        "resourceArn",
        resource,
      ).length > 0
        ? []
        : ["has no logs"],
  },
];
