import type { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { ReleasePlan } from "../../../contract/stack-outputs.ts";
import { Deployments } from "./deployments.ts";
import { interruptible } from "./interrupts.ts";
import { onlyVersion } from "./live-traffic.ts";
import { progressText, shiftOutcomeText } from "./outcome-text.ts";
import { type ShiftOutcome, shiftTraffic } from "./shift.ts";

export interface ReleaseServices {
  readonly codedeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
  readonly log: (line: string) => void;
  /** The time between two checks of a deployment. @default 5000 */
  readonly pollMilliseconds?: number;
  /** The time for a second Ctrl-C after the first one. @default 5000 */
  readonly graceMilliseconds?: number;
}

const leaving =
  "CodeDeploy continues without this command. Press Ctrl-C again within 5 seconds to stop it and roll everything back.";

/**
 * Shifts the traffic of all functions to their newest versions at the same time, and prints the progress.
 *
 * After the first Ctrl-C the command ends and CodeDeploy continues alone. A second one soon after stops the deployments and
 * rolls them back.
 *
 * @returns the exit code: 0 when every function has its newest version, 130 when CodeDeploy continues alone, else 1
 */
export async function release(
  plan: ReleasePlan,
  { codedeploy, lambda, log, pollMilliseconds = 5_000, graceMilliseconds = 5_000 }: ReleaseServices,
): Promise<number> {
  const deployments = new Deployments(codedeploy, plan);
  const [leave, stop] = [new AbortController(), new AbortController()];
  let leaveTimer: NodeJS.Timeout | undefined;
  const onInterrupt = () => {
    if (leaveTimer === undefined) {
      log(leaving);
      leaveTimer = setTimeout(() => leave.abort(), graceMilliseconds);
      return;
    }
    clearTimeout(leaveTimer);
    if (!stop.signal.aborted) log("Stopping the deployments and rolling everything back");
    stop.abort();
  };
  const said = new Map<string, string>();
  const services = {
    deployments,
    lambda,
    leave: leave.signal,
    stop: stop.signal,
    pollMilliseconds,
    onState: (...state: Parameters<typeof progressText>) => {
      const text = progressText(...state);
      if (said.get(state[0].name) !== text) log(text);
      said.set(state[0].name, text);
    },
  };
  const shifts = await interruptible(onInterrupt, () =>
    Promise.allSettled(plan.targets.map((target) => shiftTraffic(target, services))),
  );
  clearTimeout(leaveTimer);
  const outcomes = shifts.flatMap((shift) => (shift.status === "fulfilled" ? [shift.value] : []));
  const errors = shifts.flatMap((shift) => (shift.status === "rejected" ? [shift.reason] : []));
  for (const outcome of outcomes) log(shiftOutcomeText(outcome, plan));
  for (const error of errors) log(`Not shifted: ${error instanceof Error ? error.message : error}`);
  return errors.length > 0 ? 1 : exitCode(outcomes);
}

function exitCode(outcomes: readonly ShiftOutcome[]): number {
  if (outcomes.some(({ kind }) => kind === "failed")) return 1;
  if (outcomes.some(({ kind }) => kind === "left")) return 130;
  return outcomes.every(({ target, live }) => onlyVersion(live) === target.version) ? 0 : 1;
}
