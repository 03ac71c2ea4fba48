import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import type { ReleaseTarget } from "../../../contract/stack-outputs.ts";

/**
 * Returns the revision that moves a function's alias from `currentVersion` to the target's after the hook has succeeded.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-example.html#appspec-file-example-lambda.
 */
export function appSpecRevision(
  { name, functionName, alias, version }: ReleaseTarget,
  currentVersion: string,
  hookFunctionName: string,
): RevisionLocation {
  const resource = {
    Type: "AWS::Lambda::Function",
    Properties: {
      Name: functionName,
      Alias: alias,
      CurrentVersion: currentVersion,
      TargetVersion: version,
    },
  };
  const resources = JSON.stringify([{ [name]: resource }]);
  const hooks = JSON.stringify([{ BeforeAllowTraffic: hookFunctionName }]);
  // The only version is the number 0.0, which JSON.stringify would write as 0.
  const content = `{"version":0.0,"Resources":${resources},"Hooks":${hooks}}`;
  return { revisionType: "AppSpecContent", appSpecContent: { content } };
}
