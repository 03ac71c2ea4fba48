import type { ReleaseTarget } from "../../../contract/stack-outputs.ts";
import { pause } from "../command/pause.ts";
import { type DeploymentState, isFinished, type ShiftServices } from "./deployments.ts";
import { type LiveTraffic, liveTraffic, onlyVersion } from "./live-traffic.ts";

/** The outcome of rolling a version back, and what the alias serves afterwards. */
export interface Rollback {
  readonly state: "done" | "failed" | "pending";
  /** CodeDeploy's deployment of the previous version, when it has created one. */
  readonly deployment: DeploymentState | undefined;
  readonly live: LiveTraffic;
}

/** Ten minutes at the default interval. A rollback shifts all traffic at once, after the hook. */
const maxLooks = 120;

/**
 * Waits until the alias no longer serves the version of a failed or stopped deployment, or its rollback has failed.
 * CodeDeploy creates the rollback a moment after the deployment has ended. It creates none when no traffic was shifted.
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
