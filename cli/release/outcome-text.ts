import type { DeploymentState } from "./deployments.ts";
import type { ReleasePlan, ReleaseTarget } from "./release-plan.ts";
import type { ShiftOutcome } from "./shift.ts";

/** The one lifecycle event that has a hook here. */
const hookEvent = "BeforeAllowTraffic";

/** How far a deployment is, as one line. */
export function progressText({ name }: ReleaseTarget, { id, info, target }: DeploymentState): string {
  const events = target?.lifecycleEvents ?? [];
  const current = events.findLast(({ status }) => status !== undefined && status !== "Pending");
  const { targetVersion, targetVersionWeight: weight } = target?.lambdaFunctionInfo ?? {};
  const traffic =
    targetVersion === undefined || weight === undefined
      ? ""
      : `, version ${targetVersion} has ${percent(weight)} % of the traffic`;
  const step = current ? `, ${current.lifecycleEventName} ${current.status}` : "";
  return `${name}: ${id} ${info.status}${step}${traffic}`;
}

/** CodeDeploy gives shares of 1 as well as percentages; no configuration shifts by 1 % or less. */
function percent(weight: number): number {
  return Math.round(weight <= 1 ? weight * 100 : weight);
}

/** What became of a function, and what to do about it when it went wrong. */
export function outcomeText(outcome: ShiftOutcome, { hook }: ReleasePlan): string {
  const { target, liveVersion } = outcome;
  switch (outcome.kind) {
    case "unchanged":
      return target.version === liveVersion
        ? `${target.name}: version ${liveVersion} has all traffic already`
        : `${target.name}: version ${target.version} waits, version ${liveVersion} has all traffic`;
    case "shifted":
      return `${target.name}: version ${liveVersion} has all traffic`;
    case "left":
      return `${target.name}: CodeDeploy goes on with ${outcome.deploymentId}; stop it and take it back with
  ${stopCommand(outcome.deploymentId)}`;
    case "failed":
      return `${target.name}: version ${target.version} was taken back, version ${liveVersion} has the traffic
  ${reason(target, outcome.deployment, hook)}`;
  }
}

export function stopCommand(deploymentId: string): string {
  return `aws codedeploy stop-deployment --auto-rollback-enabled --deployment-id ${deploymentId}`;
}

function reason(
  target: ReleaseTarget,
  { id, info, target: deployed }: DeploymentState,
  hook: ReleasePlan["hook"],
) {
  const { code, message = "" } = info.errorInformation ?? {};
  const hookStatus = deployed?.lifecycleEvents?.find(
    ({ lifecycleEventName }) => lifecycleEventName === hookEvent,
  )?.status;
  if (hookStatus === "Failed" || code === "HOOK_EXECUTION_FAILURE") {
    const log = hook.logGroup ?? `/aws/lambda/${hook.functionName}`;
    return `The pre-traffic hook ${hook.functionName} refused it in ${id}; its reasons: aws logs tail ${log} --since 1h`;
  }
  if (code === "ALARM_ACTIVE") {
    const named = target.alarms.filter((alarm) => message.includes(alarm));
    const alarms = named.length > 0 ? named.join(", ") : `one of ${target.alarms.join(", ")}`;
    return `An alarm stopped ${id}: ${alarms}. ${message}`;
  }
  if (code === "MANUAL_STOP" || info.status === "Stopped") return `${id} was stopped on request. ${message}`;
  return `${id} failed: ${code ?? "no code"}: ${message}`;
}
