import type { ReleasePlan, ReleaseTarget } from "../../../contract/stack-outputs.ts";
import type { DeploymentState } from "./deployments.ts";
import type { LiveTraffic } from "./live-traffic.ts";
import type { Rollback } from "./rollback.ts";
import type { ShiftOutcome } from "./shift.ts";

/** The only lifecycle event that has a hook. */
const hookEvent = "BeforeAllowTraffic";

/** Returns the progress of a deployment as one line. */
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

/** CodeDeploy reports shares of 1 as well as percentages. No configuration shifts by 1 % or less. */
function percent(weight: number): number {
  return Math.round(weight <= 1 ? weight * 100 : weight);
}

/** Returns the outcome for a function and, after a failure, what to do about it. */
export function shiftOutcomeText(outcome: ShiftOutcome, { hook }: ReleasePlan): string {
  const { target, live } = outcome;
  const traffic = trafficText(live);
  switch (outcome.kind) {
    case "unchanged":
      return target.version === live.version
        ? `${target.name}: ${traffic} already`
        : `${target.name}: version ${target.version} waits, ${traffic}`;
    case "shifted":
      return `${target.name}: ${traffic}`;
    case "left":
      return `${target.name}: CodeDeploy continues with ${outcome.deploymentId}; stop it and roll it back with
  ${stopCommand(outcome.deploymentId)}`;
    case "failed":
      return `${target.name}: ${rollbackText(target, outcome.deployment, outcome.rollback)}
  ${reason(target, outcome.deployment, hook)}`;
  }
}

function trafficText({ version, additionalWeights }: LiveTraffic): string {
  const others = Object.entries(additionalWeights);
  if (others.length === 0) return `version ${version} has all traffic`;
  const rest = others.reduce((share, [, weight]) => share - weight, 1);
  const shares = [[version, rest] as const, ...others];
  return `${shares.map(([each, share]) => `version ${each} has ${percent(share)} %`).join(" and ")} of the traffic`;
}

function rollbackText(target: ReleaseTarget, failed: DeploymentState, rollback: Rollback): string {
  const { currentVersion, targetVersion = target.version } = failed.target?.lambdaFunctionInfo ?? {};
  const traffic = trafficText(rollback.live);
  const id = rollback.deployment?.id ?? failed.id;
  const { code = "no code", message = "" } = rollback.deployment?.info.errorInformation ?? {};
  switch (rollback.state) {
    case "done":
      return `version ${targetVersion} was rolled back, ${traffic}`;
    case "pending":
      return `version ${targetVersion} is not rolled back yet, ${traffic}; follow it with
  aws deploy get-deployment --deployment-id ${id}`;
    case "failed":
      return `rolling version ${targetVersion} back failed, ${traffic}
  ${id} ${rollback.deployment?.info.status}: ${code}: ${message}
  Roll it back by hand: ${takeBackCommand(target, currentVersion ?? "VERSION")}`;
  }
}

function takeBackCommand({ functionName, alias }: ReleaseTarget, version: string): string {
  return (
    `aws lambda update-alias --function-name ${functionName} --name ${alias} ` +
    `--function-version ${version} --routing-config AdditionalVersionWeights={}`
  );
}

function stopCommand(deploymentId: string): string {
  return `aws deploy stop-deployment --auto-rollback-enabled --deployment-id ${deploymentId}`;
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
