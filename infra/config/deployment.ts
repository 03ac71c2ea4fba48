import * as v from "valibot";
import { oneOf } from "../../contract/option-schemas.ts";

/**
 * CodeDeploy's own configurations for Lambda, without `CodeDeployDefault.Lambda`:
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html.
 */
const deployments = [
  "AllAtOnce",
  "Canary10Percent5Minutes",
  "Canary10Percent10Minutes",
  "Canary10Percent15Minutes",
  "Canary10Percent30Minutes",
  "Linear10PercentEvery1Minute",
  "Linear10PercentEvery2Minutes",
  "Linear10PercentEvery3Minutes",
  "Linear10PercentEvery10Minutes",
] as const;

/** The name of a configuration, such as `Canary10Percent5Minutes`. */
export type Deployment = (typeof deployments)[number];

/** The pace at which a new version gets its traffic. */
export const deployment = v.optional(oneOf(deployments), "Canary10Percent5Minutes");
