import type { AnyRule } from "./rule.ts";
import { apiGatewayRules } from "./rules/api-gateway.ts";
import { cloudfrontRules } from "./rules/cloudfront.ts";
import { codedeployRules } from "./rules/codedeploy.ts";
import { iamRules } from "./rules/iam.ts";
import { kmsRules } from "./rules/kms.ts";
import { lambdaRules } from "./rules/lambda.ts";
import { logsRules } from "./rules/logs.ts";
import { s3Rules } from "./rules/s3.ts";
import { snsRules } from "./rules/sns.ts";
import { sqsRules } from "./rules/sqs.ts";
import { tagsRules } from "./rules/tags.ts";
import { wafRules } from "./rules/waf.ts";

export const rules: readonly AnyRule[] = [
  ...s3Rules,
  ...snsRules,
  ...sqsRules,
  ...lambdaRules,
  ...apiGatewayRules,
  ...cloudfrontRules,
  ...wafRules,
  ...codedeployRules,
  ...iamRules,
  ...kmsRules,
  ...logsRules,
  ...tagsRules,
];
