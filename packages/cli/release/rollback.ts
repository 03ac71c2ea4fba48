import type { ReleaseTarget } from "../../../contract/stack-outputs.ts";
import { type DeploymentState, isFinished, type ShiftServices } from "./deployments.ts";
import { type LiveTraffic, liveTraffic, onlyVersion } from "./live-traffic.ts";
import { pause } from "./pause.ts";

/** What became of taking a version back, and what the alias serves after it. */
export interface Rollback {
  readonly state: "done" | "failed" | "pending";
  /** CodeDeploy's own deployment back, when it has made one. */
  readonly deployment: DeploymentState | undefined;
  readonly live: LiveTraffic;
}

/** Ten minutes at the usual interval; a rollback shifts all traffic at once, after the hook. */
const maxLooks = 120;

/**
 * Waits until the version of a failed or stopped deployment is off the alias, or its rollback has failed. CodeDeploy
 * makes the rollback a moment after the deployment has ended, and none when no traffic had been shifted.
 */
export async function followRollback(
  failed: DeploymentState,
  target: ReleaseTarget,
  { deployments, lambda, leave, pollMilliseconds, onState }: ShiftServices,
): Promise<Rollback> {
  const version = failed.target?.lambdaFunctionInfo?.targetVersion ?? target.version;
  let rollbackId = failed.info.rollbackInfo?.rollbackDeploymentId;
  for (let look = 1; ; look++) {
    const deployment = rollbackId === undefined ? undefined : await deployments.state(rollbackId);
    if (deployment) onState(target, deployment);
    const live = await liveTraffic(target, lambda);
    const state = stateOf(deployment, live, version);
    if (state !== "pending" || look === maxLooks || leave.aborted) return { state, deployment, live };
    await pause(pollMilliseconds, [leave]);
    rollbackId ??= (await deployments.state(failed.id)).info.rollbackInfo?.rollbackDeploymentId;
  }
}

function stateOf(
  deployment: DeploymentState | undefined,
  live: LiveTraffic,
  version: string,
): Rollback["state"] {
  const only = onlyVersion(live);
  const isBack = only !== undefined && only !== version;
  if (deployment === undefined) return isBack ? "done" : "pending";
  if (!isFinished(deployment)) return "pending";
  if (deployment.info.status !== "Succeeded") return "failed";
  return isBack ? "done" : "pending";
}
