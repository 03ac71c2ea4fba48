import { expect } from "chai";
import { arnOf, one, runConfig } from "./stages.ts";

describe("henkan:waf", () => {
  it("puts AWS's managed rules and a rate limit in front of the CDN, from us-east-1", async () => {
    const graph = await runConfig({ waf: true, wafRateLimit: 500 });
    const { attributes, inputs } = one(graph, "cdn-web-acl");
    expect(inputs).to.deep.include({
      region: "us-east-1",
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
    });
    expect(one(graph, "cdn-distribution").inputs.webAclId).to.equal(attributes.arn);
    const rules = inputs.rules as { name: string; priority: number; statement: object; action?: object }[];
    expect(rules.map(({ name, priority }) => [priority, name])).to.deep.equal([
      [0, "AWSManagedRulesAmazonIpReputationList"],
      [1, "AWSManagedRulesCommonRuleSet"],
      [2, "AWSManagedRulesKnownBadInputsRuleSet"],
      [3, "RateLimit"],
    ]);
    expect(rules[3]).to.deep.include({
      action: { block: {} },
      statement: { rateBasedStatement: { limit: 500, aggregateKeyType: "IP" } },
    });
  });

  it("logs blocked requests without the signatures of signed URLs", async () => {
    const graph = await runConfig({ waf: true, wafRateLimit: 500 });
    const { inputs } = one(graph, "cdn-web-acl-logging");
    expect(inputs).to.deep.include({
      resourceArn: arnOf(graph, "cdn-web-acl"),
      logDestinationConfigs: [arnOf(graph, "cdn-web-acl-logs")],
      redactedFields: [{ queryString: {} }],
    });
    expect(one(graph, "cdn-web-acl-logs").inputs).to.deep.include({
      region: "us-east-1",
      name: `aws-waf-logs-${one(graph, "cdn-web-acl").attributes.name}`,
    });
  });
});
