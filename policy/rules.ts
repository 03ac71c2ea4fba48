import type { AnyRule } from "./rule.ts";
import { apiGateway } from "./rules/api-gateway.ts";
import { cloudfront } from "./rules/cloudfront.ts";
import { codedeploy } from "./rules/codedeploy.ts";
import { iam } from "./rules/iam.ts";
import { kms } from "./rules/kms.ts";
import { lambda } from "./rules/lambda.ts";
import { logs } from "./rules/logs.ts";
import { s3 } from "./rules/s3.ts";
import { sns } from "./rules/sns.ts";
import { sqs } from "./rules/sqs.ts";
import { tags } from "./rules/tags.ts";
import { waf } from "./rules/waf.ts";

export const rules: readonly AnyRule[] = [
  ...s3,
  ...sns,
  ...sqs,
  ...lambda,
  ...apiGateway,
  ...cloudfront,
  ...waf,
  ...codedeploy,
  ...iam,
  ...kms,
  ...logs,
  ...tags,
];
