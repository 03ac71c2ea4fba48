import {
  type CodeDeployClient,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import * as v from "valibot";

/** A published version that CodeDeploy is about to give traffic. */
export interface DeployedVersion {
  readonly functionName: string;
  readonly version: string;
}

/** The part of an AppSpec that names the version: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html. */
const appSpec = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    Resources: v.pipe(
      v.array(
        v.record(
          v.string(),
          v.object({ Properties: v.object({ Name: v.string(), TargetVersion: v.string() }) }),
        ),
      ),
      v.length(1),
    ),
  }),
);

/**
 * Returns the version in the AppSpec of a deployment, or undefined when the deployment is a rollback.
 *
 * The answer about a deployment has only the hash of the AppSpec; its content needs a second request. The documented field
 * is `appSpecContent`, https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RevisionLocation.html, but hooks in
 * production find the content in the older `string`, https://github.com/seek-oss/aws-codedeploy-hooks.
 *
 * @throws {Error} when the deployment is not of one Lambda function, or its AppSpec is not JSON
 */
export async function deployedVersion(
  codedeploy: CodeDeployClient,
  deploymentId: string,
): Promise<DeployedVersion | undefined> {
  const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId }));
  const { applicationName, creator, revision } = deploymentInfo ?? {};
  if (creator === "codeDeployRollback") return undefined;
  if (applicationName === undefined || revision === undefined) {
    throw new Error(`${deploymentId} is not a deployment with an AppSpec`);
  }
  const found = await codedeploy.send(new GetApplicationRevisionCommand({ applicationName, revision }));
  const content = found.revision?.appSpecContent?.content ?? found.revision?.string?.content;
  const { Resources } = v.parse(appSpec, content);
  const [resource] = Resources.flatMap((resources) => Object.values(resources));
  if (!resource) throw new Error(`The AppSpec of ${deploymentId} names no function`);
  return { functionName: resource.Properties.Name, version: resource.Properties.TargetVersion };
}
