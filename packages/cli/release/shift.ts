import type { ReleaseTarget } from "../../../contract/stack-outputs.ts";
import { pause } from "../command/pause.ts";
import { type DeploymentState, isFinished, type ShiftServices } from "./deployments.ts";
import { type LiveTraffic, liveTraffic, onlyVersion } from "./live-traffic.ts";
import { followRollback, type Rollback } from "./rollback.ts";

/** The outcome for one function's traffic, and what its alias serves. */
export type ShiftOutcome = { readonly target: ReleaseTarget; readonly live: LiveTraffic } & (
  | { readonly kind: "unchanged" | "shifted" }
  | { readonly kind: "failed"; readonly deployment: DeploymentState; readonly rollback: Rollback }
  /** CodeDeploy continues without this command. */
  | { readonly kind: "left"; readonly deploymentId: string }
);

/** Waits for an unfinished deployment, then shifts a function's traffic to its newest version unless it is there. */
export async function shiftTraffic(target: ReleaseTarget, services: ShiftServices): Promise<ShiftOutcome> {
  const { deployments } = services;
  const earlier = await deployments.underWay(target);
  if (earlier !== undefined) {
    const outcome = await follow(earlier, target, services);
    if (outcome.kind === "left" || deploysVersion(outcome, target)) return outcome;
  }
  const live = await liveTraffic(target, services.lambda);
  if (live.version === target.version || services.stop.aborted || services.leave.aborted) {
    return { kind: "unchanged", target, live };
  }
  return follow(await deployments.create(target, live.version), target, services);
}

function deploysVersion(outcome: ShiftOutcome, { version }: ReleaseTarget): boolean {
  if (outcome.kind === "shifted") return onlyVersion(outcome.live) === version;
  return (
    outcome.kind === "failed" && outcome.deployment.target?.lambdaFunctionInfo?.targetVersion === version
  );
}

async function follow(id: string, target: ReleaseTarget, services: ShiftServices): Promise<ShiftOutcome> {
  const deployment = await watch(id, target, services);
  if (isFinished(deployment) && deployment.info.status !== "Succeeded") {
    const rollback = await followRollback(deployment, target, services);
    return { kind: "failed", target, live: rollback.live, deployment, rollback };
  }
  const live = await liveTraffic(target, services.lambda);
  if (!isFinished(deployment)) return { kind: "left", target, live, deploymentId: id };
  return { kind: "shifted", target, live };
}

/** Checks a deployment until it has ended or `leave` is aborted. */
async function watch(id: string, target: ReleaseTarget, services: ShiftServices): Promise<DeploymentState> {
  const { deployments, leave, stop, pollMilliseconds, onState } = services;
  let isStopping = false;
  for (;;) {
    if (stop.aborted && !isStopping) {
      isStopping = true;
      await deployments.stop(id);
    }
    const state = await deployments.state(id);
    onState(target, state);
    if (isFinished(state) || leave.aborted) return state;
    await pause(pollMilliseconds, isStopping ? [leave] : [leave, stop]);
  }
}
