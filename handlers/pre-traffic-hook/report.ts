import {
  type CodeDeployClient,
  PutLifecycleEventHookExecutionStatusCommand,
} from "@aws-sdk/client-codedeploy";
import type { Context } from "aws-lambda";
import { logger } from "../observability.ts";

/** The event of a hook: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html. */
export interface HookEvent {
  readonly DeploymentId: string;
  readonly LifecycleEventHookExecutionId: string;
}

/** A Lambda handler that CodeDeploy runs as a hook. */
export type HookHandler = (
  event: HookEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<void>;

/** The time kept for the report when a trial takes too long. Without a report, CodeDeploy waits for an hour. */
const reserveMilliseconds = 10_000;

/**
 * Returns a hook that reports the result of a trial to CodeDeploy: `Succeeded`, or `Failed` with each reason in the log.
 *
 * @param tryDeployment returns the reasons against the new version. A trial that throws has failed.
 */
export function reportingHook(
  codedeploy: CodeDeployClient,
  tryDeployment: (deploymentId: string, abortSignal: AbortSignal) => Promise<readonly string[]>,
): HookHandler {
  async function failuresOf(deploymentId: string, milliseconds: number): Promise<readonly string[]> {
    try {
      return await tryDeployment(deploymentId, AbortSignal.timeout(milliseconds));
    } catch (error) {
      logger.error("The trial could not be finished", { deploymentId, error });
      return [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
    }
  }

  return async ({ DeploymentId: deploymentId, LifecycleEventHookExecutionId }, context) => {
    const milliseconds = Math.max(0, context.getRemainingTimeInMillis() - reserveMilliseconds);
    const failures = await failuresOf(deploymentId, milliseconds);
    const status = failures.length === 0 ? "Succeeded" : "Failed";
    if (failures.length === 0) logger.info("The new version may get traffic", { deploymentId });
    else logger.error("The new version must not get traffic", { deploymentId, failures: [...failures] });
    await codedeploy.send(
      new PutLifecycleEventHookExecutionStatusCommand({
        deploymentId,
        lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
        status,
      }),
    );
  };
}
