import { expect } from "chai";
import { rules } from "../../policy/rules.ts";
import { shippedStages } from "../infra/stages.ts";
import { stackOf } from "./stack.ts";

/** Settings that rules read together with the resource that they belong to. */
const readByRules = [
  "aws:cloudwatch/logDelivery:LogDelivery",
  "aws:cloudwatch/logDeliverySource:LogDeliverySource",
  "aws:lambda/alias:Alias",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
];

/** Types without data and without grants of their own. */
const nothingToJudge = [
  "aws:apigatewayv2/authorizer:Authorizer",
  "aws:apigatewayv2/integration:Integration",
  "aws:cloudfront/cachePolicy:CachePolicy",
  "aws:cloudfront/originAccessControl:OriginAccessControl",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
  "aws:lambda/layerVersion:LayerVersion",
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
  "aws:s3/bucketNotification:BucketNotification",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
];

describe("policy rules applied to the stages", () => {
  it("cover every type of resource, or the test names the type", async () => {
    const declared = new Set<string>();
    for (const stage of shippedStages) {
      for (const { type } of (await stackOf(stage)).inputs) declared.add(type);
    }
    const known = new Set([...rules.flatMap(({ types }) => types), ...readByRules, ...nothingToJudge]);
    expect([...declared].filter((type) => !known.has(type))).to.deep.equal([]);
  });
});
