import type { DeploymentInfo, LambdaTarget } from "@aws-sdk/client-codedeploy";
import { type ReceivedRequest, type Reply, standIn } from "../../../handlers/support/stand-in.ts";

/** CodeDeploy's and Lambda's answers about a deployment at one moment. */
export interface Look {
  readonly info: DeploymentInfo;
  readonly target?: LambdaTarget;
  /** The version that the alias serves from now on. */
  readonly liveVersion?: string;
  /** The shares of other versions that it serves, of 1. */
  readonly additionalWeights?: Record<string, number>;
}

/** Starts a stand-in for CodeDeploy and Lambda's aliases. Each request for a deployment gets the next answer of its story. */
export function codeDeployStandIn() {
  const stories = new Map<string, Look[]>();
  const aliases = new Map<string, { version: string; additionalWeights?: Record<string, number> }>();
  const underWay = new Map<string, string>();
  /** Replies that come before any other, each to the next request with its action. */
  const refusals: { action: string; reply: Reply }[] = [];
  const actions: { action: string; body: Record<string, unknown> }[] = [];
  let created = 0;
  /** The target of the last `GetDeployment`. */
  let target: LambdaTarget | undefined;

  function answer(action: string, body: Record<string, unknown>): object {
    const id = String(body.deploymentId);
    switch (action) {
      case "CreateDeployment":
        return { deploymentId: `d-${++created}` };
      case "ListDeployments": {
        const running = underWay.get(String(body.deploymentGroupName));
        return { deployments: running ? [running] : [] };
      }
      case "GetDeployment": {
        const looks = stories.get(id) ?? [];
        const look = looks.length > 1 ? looks.shift() : looks[0];
        target = look?.target;
        if (look?.liveVersion) {
          const { liveVersion: version, additionalWeights } = look;
          aliases.set("resize-function", { version, ...(additionalWeights && { additionalWeights }) });
        }
        return { deploymentInfo: look?.info };
      }
      case "ListDeploymentTargets":
        return { targetIds: target ? ["t"] : [] };
      case "BatchGetDeploymentTargets":
        return { deploymentTargets: [{ lambdaTarget: target }] };
      default:
        return {};
    }
  }

  const { endpoint } = standIn(({ path, headers, body }: ReceivedRequest): Reply => {
    const [, action] = String(headers["x-amz-target"] ?? "").split(".");
    if (!action) {
      const [, , , name = ""] = path.split("/");
      const { version, additionalWeights } = aliases.get(name) ?? {};
      const RoutingConfig = additionalWeights && { AdditionalVersionWeights: additionalWeights };
      return { body: JSON.stringify({ FunctionVersion: version, RoutingConfig }) };
    }
    const request = JSON.parse(body.toString());
    actions.push({ action, body: request });
    const refusal = refusals.findIndex((candidate) => candidate.action === action);
    const [refused] = refusal < 0 ? [] : refusals.splice(refusal, 1);
    return refused?.reply ?? { body: JSON.stringify(answer(action, request)) };
  });

  beforeEach(() => {
    for (const each of [stories, aliases, underWay]) each.clear();
    refusals.length = 0;
    actions.length = 0;
    created = 0;
  });
  return { endpoint, stories, aliases, underWay, refusals, actions };
}

export function codeDeployError(code: string): Reply {
  return { status: 400, body: JSON.stringify({ __type: code, message: `${code} by the test` }) };
}
