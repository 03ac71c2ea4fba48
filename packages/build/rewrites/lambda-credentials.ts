import { replaceModules } from "./replace-modules.ts";

/**
 * Replaces the AWS SDK's search for credentials (profiles, single sign-on, other processes) with the environment variables
 * in which Lambda passes a role's credentials:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 *
 * Gain: resize's bundle has 464 kB instead of 589, and starts with 165 ms of CPU time instead of 197.
 */
export const lambdaCredentials = replaceModules(
  "lambda-credentials",
  {
    "@aws-sdk/credential-provider-node":
      'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
  },
  import.meta.dirname,
);
