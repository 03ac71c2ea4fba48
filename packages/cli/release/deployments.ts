import {
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  CreateDeploymentCommand,
  DeploymentAlreadyCompletedException,
  type DeploymentInfo,
  DeploymentNotStartedException,
  type DeploymentStatus,
  GetDeploymentCommand,
  type LambdaTarget,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { ReleasePlan, ReleaseTarget } from "../../../contract/stack-outputs.ts";
import { appSpecRevision } from "./app-spec.ts";
import { ReleaseError } from "./release-error.ts";

/** The progress of a deployment. */
export interface DeploymentState {
  readonly id: string;
  readonly info: DeploymentInfo;
  /** Undefined until CodeDeploy has started it. */
  readonly target: LambdaTarget | undefined;
}

const finished: readonly DeploymentStatus[] = ["Succeeded", "Failed", "Stopped"];
const unfinished: DeploymentStatus[] = ["Created", "Queued", "InProgress", "Baking", "Ready"];

/** Returns true when a deployment has succeeded, has failed or was stopped. */
export function isFinished({ info }: DeploymentState): boolean {
  return info.status !== undefined && finished.includes(info.status);
}

/** The deployments of one stage's application. */
export class Deployments {
  readonly #codedeploy: CodeDeployClient;
  readonly #plan: ReleasePlan;

  constructor(codedeploy: CodeDeployClient, plan: ReleasePlan) {
    this.#codedeploy = codedeploy;
    this.#plan = plan;
  }

  /** Starts a deployment from `currentVersion` to the target's version, and returns its id. */
  async create(target: ReleaseTarget, currentVersion: string): Promise<string> {
    const { deploymentId } = await this.#codedeploy.send(
      new CreateDeploymentCommand({
        applicationName: this.#plan.application,
        deploymentGroupName: target.deploymentGroup,
        description: `${target.name}: version ${currentVersion} to ${target.version}`,
        revision: appSpecRevision(target, currentVersion, this.#plan.hook.functionName),
      }),
    );
    if (deploymentId === undefined)
      throw new ReleaseError(`CodeDeploy returned no deployment for ${target.name}`);
    return deploymentId;
  }

  /** Returns the id of the unfinished deployment of a function, which has at most one at a time. */
  async underWay({ deploymentGroup }: ReleaseTarget): Promise<string | undefined> {
    const { deployments = [] } = await this.#codedeploy.send(
      new ListDeploymentsCommand({
        applicationName: this.#plan.application,
        deploymentGroupName: deploymentGroup,
        includeOnlyStatuses: unfinished,
      }),
    );
    return deployments[0];
  }

  async state(id: string): Promise<DeploymentState> {
    const { deploymentInfo: info = {} } = await this.#codedeploy.send(
      new GetDeploymentCommand({ deploymentId: id }),
    );
    return { id, info, target: await this.#target(id) };
  }

  /** Stops a deployment that has not ended, and returns all traffic to the previous version. */
  async stop(deploymentId: string): Promise<void> {
    try {
      await this.#codedeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    } catch (error) {
      if (!(error instanceof DeploymentAlreadyCompletedException)) throw error;
    }
  }

  async #target(deploymentId: string): Promise<LambdaTarget | undefined> {
    try {
      const { targetIds = [] } = await this.#codedeploy.send(
        new ListDeploymentTargetsCommand({ deploymentId }),
      );
      if (targetIds.length === 0) return undefined;
      const { deploymentTargets = [] } = await this.#codedeploy.send(
        new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }),
      );
      return deploymentTargets[0]?.lambdaTarget;
    } catch (error) {
      if (error instanceof DeploymentNotStartedException) return undefined;
      throw error;
    }
  }
}

/** The services, signals and settings of a shift of traffic. */
export interface ShiftServices {
  readonly deployments: Deployments;
  readonly lambda: LambdaClient;
  /** Aborted when the operator stops watching; CodeDeploy continues. */
  readonly leave: AbortSignal;
  /** Aborted when the deployments are to be stopped and rolled back. */
  readonly stop: AbortSignal;
  readonly pollMilliseconds: number;
  /** Called with each state of a deployment that is read. */
  readonly onState: (target: ReleaseTarget, state: DeploymentState) => void;
}
