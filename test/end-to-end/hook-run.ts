import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { projectDirectory } from "@henkan/build/directories";
import type { Cloud, Graph } from "@henkan/local-cloud";
import {
  addressRewriter,
  createFunctions,
  type EmulatedFunction,
  noFaults,
} from "@henkan/local-cloud/testing";
import { temporaryDirectory } from "../support/temporary-directory.ts";

interface CodeDeployRequest {
  readonly action: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The declared functions with the S3 of a local cloud, and with fakes of CodeDeploy and Lambda's API. */
export interface HookRun {
  readonly hook: EmulatedFunction;
  readonly logs: string[];
  readonly invoked: { readonly arn: string; readonly version: string }[];
  readonly codedeploy: CodeDeployRequest[];
  /**
   * Runs the hook for a deployment of version 7 of a function, and returns the status that it reports to CodeDeploy.
   */
  tryFunction(name: string): Promise<unknown>;
  /** Answers the invocations of a function with `answer` from now on. */
  replace(name: string, answer: (event: unknown) => unknown): void;
  /** Returns the AppSpec of such a deployment as JSON. */
  appSpec(name: string): string;
  /** Returns the keys in both buckets, without that of the object that the program declares. */
  objects(): string[];
  close(): Promise<void>;
}

export async function startHookRun(graph: Graph, cloud: Cloud): Promise<HookRun> {
  const work = temporaryDirectory();
  const logs: string[] = [];
  const invoked: HookRun["invoked"] = [];
  const codedeploy: CodeDeployRequest[] = [];
  const replacements = new Map<string, (event: unknown) => unknown>();
  let deployed = "";

  const nameOf = (name: string) => {
    const found = graph.resources.find((resource) => resource.name === `henkan-${name}-function`);
    if (!found) throw new Error(`The program declares no ${name}-function`);
    return found.id;
  };
  const appSpec = (name: string) =>
    JSON.stringify({
      version: 0.0,
      Resources: [
        {
          [name]: {
            Type: "AWS::Lambda::Function",
            Properties: { Name: nameOf(name), Alias: "live", CurrentVersion: "6", TargetVersion: "7" },
          },
        },
      ],
    });

  function answerCodeDeploy(action: string): object {
    const content = appSpec(deployed);
    const revisionType = "AppSpecContent";
    if (action === "GetDeployment") {
      const sha256 = createHash("sha256").update(content).digest("hex");
      const revision = { revisionType, appSpecContent: { sha256 } };
      return { deploymentInfo: { applicationName: "release", revision } };
    }
    return { revision: { revisionType, appSpecContent: { content } } };
  }

  async function answerInvoke(functionName: string, version: string, event: unknown) {
    const lambda = functions.get(functionName);
    if (!lambda) throw new Error(`No function ${functionName}`);
    invoked.push({ arn: `${lambda.settings.arn}:${version}`, version });
    const replacement = replacements.get(functionName);
    if (replacement) return { error: false, payload: replacement(event) };
    const result = await lambda.invoke(event);
    return { error: !result.ok, payload: result.ok ? result.payload : result.error };
  }

  const server = createServer(async (request, response) => {
    const body = await json(request);
    const [, action] = String(request.headers["x-amz-target"] ?? "").split(".");
    if (action) {
      codedeploy.push({ action, body: body as CodeDeployRequest["body"] });
      response.end(JSON.stringify(answerCodeDeploy(action)));
      return;
    }
    const url = new URL(request.url ?? "", "http://localhost");
    const [, , , functionName = ""] = url.pathname.split("/");
    const { error, payload } = await answerInvoke(
      functionName,
      url.searchParams.get("Qualifier") ?? "",
      body,
    );
    if (error) response.setHeader("x-amz-function-error", "Unhandled");
    response.end(JSON.stringify(payload));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const functions = createFunctions(graph, {
    workDirectory: work.path,
    projectDirectory,
    credentials: cloud.credentials,
    permissions: cloud.permissions,
    faults: noFaults,
    localise: addressRewriter(graph, { cdns: new Map(Object.entries(cloud.urls.cdns)) }),
    endpoints: {
      AWS_ENDPOINT_URL_S3: cloud.urls.s3,
      AWS_ENDPOINT_URL_SNS: cloud.urls.sns,
      AWS_ENDPOINT_URL_CODEDEPLOY: endpoint,
      AWS_ENDPOINT_URL_LAMBDA: endpoint,
    },
    onReport: () => {},
    onLog: (_, line) => logs.push(line),
  });
  const hook = functions.get(nameOf("release-pre-traffic-hook"));
  if (!hook) throw new Error("The program declares no pre-traffic hook");

  return {
    hook,
    logs,
    invoked,
    codedeploy,
    appSpec,
    replace: (name, answer) => replacements.set(nameOf(name), answer),
    async tryFunction(name) {
      deployed = name;
      logs.length = 0;
      codedeploy.length = 0;
      await hook.invoke({ DeploymentId: "d-1", LifecycleEventHookExecutionId: "hook-1" });
      return codedeploy.at(-1)?.body.status;
    },
    objects: () =>
      [graph.outputs.uploadsBucket, graph.outputs.outputsBucket]
        .flatMap((bucket) => [...cloud.store.list(String(bucket))])
        .map(({ key }) => key)
        .filter((key) => key !== "files/not-found.json"),
    async close() {
      for (const lambda of functions.values()) lambda.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      work.remove();
    },
  };
}
