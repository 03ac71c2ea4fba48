import { cpSync, existsSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Credentials } from "../credentials.ts";
import { ProgramError } from "../errors.ts";
import type { FaultInjector } from "../faults.ts";
import type { AssetPath, Declared, Graph } from "../graph.ts";
import type { Permissions } from "../iam/permissions.ts";
import { EmulatedFunction, type InvocationReport } from "../lambda/emulated-function.ts";
import { layOutLayer } from "./layers.ts";

/** The services and folders that functions need. */
export interface FunctionServices {
  /** Folder for code and layers. It is outside the project, so that functions find the packages of their layers alone. */
  readonly workDirectory: string;
  /** Folder in which the native packages of layers are searched last. */
  readonly projectDirectory?: string;
  readonly credentials: Credentials;
  readonly permissions: Permissions;
  readonly faults: FaultInjector;
  /** Replaces AWS addresses in the declared environment with local ones. */
  readonly localise: (value: string) => string;
  /** The variables `AWS_ENDPOINT_URL_*`, with the addresses of the local services. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly onReport: (report: InvocationReport) => void;
  readonly onLog: (functionName: string, line: string) => void;
}

/** Lambda's defaults, https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html. */
const defaultMemoryMb = 128;
const defaultTimeoutSeconds = 3;

/**
 * Returns every declared function by its physical name, with its code laid out.
 *
 * @throws {ProgramError} when code or a layer is not built, or the local Lambda cannot run the function
 */
export function createFunctions(
  graph: Graph,
  services: FunctionServices,
): ReadonlyMap<string, EmulatedFunction> {
  const layers = new Map(
    graph
      .all("aws:lambda/layerVersion:LayerVersion")
      .map((layer) => [layer.output("arn"), layOutLayer(layer, services)]),
  );
  return new Map(
    graph
      .all("aws:lambda/function:Function")
      .map((declaration) => [
        declaration.output("name"),
        createFunction(graph, declaration, layers, services),
      ]),
  );
}

function createFunction(
  graph: Graph,
  { name, inputs, output }: Declared<"aws:lambda/function:Function">,
  layers: ReadonlyMap<string, string>,
  services: FunctionServices,
): EmulatedFunction {
  const functionName = output("name");
  const memoryMb = inputs.memorySize ?? defaultMemoryMb;
  if (!/^nodejs/.test(String(inputs.runtime))) {
    throw new ProgramError(`${name}: the local Lambda runs Node.js only, not ${inputs.runtime}`);
  }
  const variables = {
    ...runtimeVariables(graph, functionName, memoryMb, String(inputs.role), services),
    ...loggingVariables(inputs.loggingConfig),
    NODE_PATH: (inputs.layers ?? []).map((arn) => layerPath(name, layers, arn)).join(delimiter),
    ...mapValues(inputs.environment?.variables ?? {}, services.localise),
  };
  const settings = {
    name: functionName,
    arn: output("arn"),
    roleArn: String(inputs.role),
    scratchDirectory: join(services.workDirectory, "tmp", functionName),
    handler: inputs.handler ?? "index.handler",
    memoryMb,
    timeoutSeconds: inputs.timeout ?? defaultTimeoutSeconds,
    maxEnvironments: Math.min(inputs.reservedConcurrentExecutions ?? Infinity, availableParallelism()),
    taskRoot: layOutTask(name, inputs.code as unknown as AssetPath, services),
    variables,
    onLog: logWriter(graph, functionName, inputs, services),
  };
  return new EmulatedFunction(settings, services.faults, services.onReport);
}

/** Returns the variables that Lambda itself adds to a function's environment, with credentials of the role. */
function runtimeVariables(
  { region }: Graph,
  functionName: string,
  memoryMb: number,
  roleArn: string,
  { credentials, endpoints }: FunctionServices,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken = "" } = credentials.issue(roleArn, { temporary: true });
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    TZ: ":UTC",
    PATH: dirname(process.execPath),
    ...endpoints,
  };
}

function loggingVariables(config: Declared<"aws:lambda/function:Function">["inputs"]["loggingConfig"]) {
  return {
    ...(config?.logFormat && { AWS_LAMBDA_LOG_FORMAT: config.logFormat }),
    ...(config?.applicationLogLevel && { AWS_LAMBDA_LOG_LEVEL: config.applicationLogLevel }),
    ...(config?.logGroup && { AWS_LAMBDA_LOG_GROUP_NAME: config.logGroup }),
  };
}

/** Returns what receives log lines. As on AWS, lines are dropped when the role may not write logs; one denial reports it. */
function logWriter(
  { region, accountId }: Graph,
  functionName: string,
  { role, loggingConfig }: Declared<"aws:lambda/function:Function">["inputs"],
  { permissions, onLog }: FunctionServices,
): (line: string) => void {
  const group = loggingConfig?.logGroup ?? `/aws/lambda/${functionName}`;
  const resource = `arn:aws:logs:${region}:${accountId}:log-group:${group}:log-stream:local`;
  let isAllowed: boolean | undefined;
  return (line) => {
    isAllowed ??= ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) =>
      permissions.allows({ principal: String(role), action, resource }),
    );
    if (isAllowed) onLog(functionName, line);
  };
}

/** Copies a function's code to a folder without the project's node_modules, and returns that folder. */
function layOutTask(name: string, { path }: AssetPath, { workDirectory }: FunctionServices): string {
  if (!existsSync(path)) throw new ProgramError(`${name}: its code is not built: ${path} does not exist`);
  if (!statSync(path).isDirectory()) {
    throw new ProgramError(`${name}: the local Lambda runs code from a folder, and ${path} is a file`);
  }
  const taskRoot = join(workDirectory, "functions", name);
  cpSync(path, taskRoot, { recursive: true });
  return taskRoot;
}

function layerPath(name: string, layers: ReadonlyMap<string, string>, arn: string): string {
  const path = layers.get(arn);
  if (!path) throw new ProgramError(`${name}: no declared layer has the ARN ${arn}`);
  return path;
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
