import { GetAliasCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { type DeploymentState, type Deployments, isFinished } from "./deployments.ts";
import type { ReleaseTarget } from "./release-plan.ts";

/** What became of one function's traffic. `liveVersion` has all of it, or most when a deployment goes on. */
export type ShiftOutcome = { readonly target: ReleaseTarget; readonly liveVersion: string } & (
  | { readonly kind: "unchanged" | "shifted" }
  | { readonly kind: "failed"; readonly deployment: DeploymentState }
  /** CodeDeploy goes on with it, and nobody watches. */
  | { readonly kind: "left"; readonly deploymentId: string }
);

export interface ShiftServices {
  readonly deployments: Deployments;
  readonly lambda: LambdaClient;
  /** Aborted when nobody wants to watch any longer. */
  readonly leave: AbortSignal;
  /** Aborted when the deployments are to be stopped and taken back. */
  readonly stop: AbortSignal;
  readonly pollMilliseconds: number;
  /** Called whenever it was looked at a deployment. */
  readonly onState: (target: ReleaseTarget, state: DeploymentState) => void;
}

/** A rollback is not stopped. */
const never = new AbortController().signal;

/** Shifts a function's traffic to its newest version, unless it is there; first waits for a deployment under way. */
export async function shiftTraffic(target: ReleaseTarget, services: ShiftServices): Promise<ShiftOutcome> {
  const { deployments } = services;
  const earlier = await deployments.underWay(target);
  if (earlier !== undefined) {
    const outcome = await follow(earlier, target, services);
    if (outcome.kind === "left" || deploysVersion(outcome, target)) return outcome;
  }
  const liveVersion = await liveVersionOf(target, services);
  if (liveVersion === target.version) return { kind: "unchanged", target, liveVersion };
  if (services.stop.aborted || services.leave.aborted) {
    return { kind: "unchanged", target, liveVersion };
  }
  return follow(await deployments.create(target, liveVersion), target, services);
}

function deploysVersion(outcome: ShiftOutcome, { version }: ReleaseTarget): boolean {
  if (outcome.kind === "shifted") return outcome.liveVersion === version;
  return (
    outcome.kind === "failed" && outcome.deployment.target?.lambdaFunctionInfo?.targetVersion === version
  );
}

async function follow(id: string, target: ReleaseTarget, services: ShiftServices): Promise<ShiftOutcome> {
  const deployment = await watch(id, target, services);
  const rollback = deployment.info.rollbackInfo?.rollbackDeploymentId;
  if (rollback !== undefined) await watch(rollback, target, { ...services, stop: never });
  const liveVersion = await liveVersionOf(target, services);
  if (!isFinished(deployment)) return { kind: "left", target, liveVersion, deploymentId: id };
  if (deployment.info.status === "Succeeded") return { kind: "shifted", target, liveVersion };
  return { kind: "failed", target, liveVersion, deployment };
}

/** Looks at a deployment until it has ended or nobody wants to watch. */
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

/** Resolves after so long, or as soon as one of the signals is aborted. */
function pause(milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    for (const signal of signals) signal.addEventListener("abort", end);
  });
}

async function liveVersionOf(
  { functionName, alias }: ReleaseTarget,
  { lambda }: ShiftServices,
): Promise<string> {
  const { FunctionVersion = "" } = await lambda.send(
    new GetAliasCommand({ FunctionName: functionName, Name: alias }),
  );
  return FunctionVersion;
}
