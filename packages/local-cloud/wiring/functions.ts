import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import type { Credentials } from "../credentials.ts";
import type { FaultInjector } from "../faults.ts";
import type { AssetPath, Declared, Graph } from "../graph.ts";
import type { Permissions } from "../iam/permissions.ts";
import { EmulatedFunction, type InvocationReport } from "../lambda/emulated-function.ts";

export interface FunctionServices {
  /** Where task roots and layers are laid out: outside the project, so that only layers add packages. */
  readonly workDirectory: string;
  readonly projectDirectory: string;
  readonly credentials: Credentials;
  readonly permissions: Permissions;
  readonly faults: FaultInjector;
  /** Replaces the AWS endpoints in values that the program computed. */
  readonly localise: (value: string) => string;
  /** `AWS_ENDPOINT_URL_*` of the local services. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly onReport: (report: InvocationReport) => void;
  readonly onLog: (functionName: string, line: string) => void;
}

/** Lambda's defaults, https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html. */
const defaultMemoryMb = 128;
const defaultTimeoutSeconds = 3;

/** Every declared function, by the name it has on AWS. */
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
    throw new Error(`${name}: the local Lambda runs Node.js only, not ${inputs.runtime}`);
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

/** What Lambda itself puts into a function's environment, with this role's own credentials. */
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

/** Keeps the log of a function whose role may not write it to itself, as Lambda does: one denial tells of it. */
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

/** A copy of the bundle, away from the project's node_modules. */
function layOutTask(name: string, { path }: AssetPath, { workDirectory }: FunctionServices): string {
  if (!existsSync(path)) throw new Error(`${name}: its code is not built: ${path} does not exist`);
  const taskRoot = join(workDirectory, "functions", name);
  cpSync(path, taskRoot, { recursive: true });
  return taskRoot;
}

/**
 * A layer holds the native half of a package for linux-arm64, its optional dependencies: here those that the project's
 * own installation has for this machine stand in for them. Returns the folder for NODE_PATH.
 */
function layOutLayer(
  { inputs }: Declared<"aws:lambda/layerVersion:LayerVersion">,
  services: FunctionServices,
): string {
  const packageName = basename((inputs.code as unknown as AssetPath).path);
  const modules = join(services.workDirectory, "layers", packageName, "nodejs", "node_modules");
  const installed = join(services.projectDirectory, "node_modules");
  const manifest = readFileSync(join(installed, packageName, "package.json"), "utf8");
  const { optionalDependencies } = JSON.parse(manifest) as { optionalDependencies: Record<string, string> };
  for (const name of Object.keys(optionalDependencies)) {
    if (!existsSync(join(installed, name))) continue;
    mkdirSync(join(modules, dirname(name)), { recursive: true });
    symlinkSync(join(installed, name), join(modules, name), "junction");
  }
  return modules;
}

function layerPath(name: string, layers: ReadonlyMap<string, string>, arn: string): string {
  const path = layers.get(arn);
  if (!path) throw new Error(`${name}: no declared layer has the ARN ${arn}`);
  return path;
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
