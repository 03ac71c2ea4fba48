/**
 * The entry point of an environment's process, like the Node.js runtime of Lambda. It loads the bundle once and answers
 * one invocation at a time. Arguments: task root, handler (`file.export`), memory limit in MB.
 */
import { createRequire, flushCompileCache } from "node:module";
import { join } from "node:path";
import { armFault } from "./armed-fault.ts";
import { installJsonConsole } from "./json-console.ts";
import type { EnvironmentMessage, Invocation, InvocationError } from "./messages.ts";

type Handler = (event: unknown, context: object) => Promise<unknown>;

const [taskRoot = "", handlerName = "", memoryMb = ""] = process.argv.slice(2);
const memoryCheckMs = 50;
let currentRequestId: string | undefined;

function send(message: EnvironmentMessage): void {
  process.send?.(message);
}

function describe(error: unknown): InvocationError {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") }
    : { errorType: typeof error, errorMessage: String(error) };
}

function residentMb(): number {
  return Math.ceil(process.memoryUsage.rss() / 2 ** 20);
}

function runOutOfMemory(resident: number): never {
  send({ kind: "out-of-memory", residentMb: resident });
  process.exit(1);
}

function loadHandler(): Handler {
  const [file = "", name = ""] = handlerName.split(".");
  const bundle = createRequire(join(taskRoot, "/"))(join(taskRoot, file)) as Record<string, unknown>;
  const handler = bundle[name];
  if (typeof handler !== "function") throw new Error(`${handlerName} is not a function`);
  return handler as Handler;
}

function contextOf({ requestId, deadline, invokedFunctionArn }: Invocation): object {
  return {
    awsRequestId: requestId,
    invokedFunctionArn,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: memoryMb,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function outcomeOf(handler: Handler, invocation: Invocation) {
  try {
    const payload = await handler(invocation.event, contextOf(invocation));
    return { kind: "result", payload: payload ?? null, residentMb: residentMb() } as const;
  } catch (error) {
    return { kind: "error", error: describe(error) } as const;
  }
}

async function answer(handler: Handler, invocation: Invocation): Promise<void> {
  const { requestId } = invocation;
  currentRequestId = requestId;
  const disarm = armFault(invocation, runOutOfMemory);
  const outcome = await outcomeOf(handler, invocation);
  disarm();
  send({ ...outcome, requestId });
}

// Node.js read it as it started, and it is not one of the variables of the function.
delete process.env.NODE_COMPILE_CACHE;

const { AWS_LAMBDA_LOG_FORMAT, AWS_LAMBDA_LOG_LEVEL = "INFO" } = process.env;
if (AWS_LAMBDA_LOG_FORMAT === "JSON") installJsonConsole(AWS_LAMBDA_LOG_LEVEL, () => currentRequestId);

try {
  const handler = loadHandler();
  // Node.js writes the cache as a process ends, but an environment ends by SIGKILL.
  flushCompileCache();
  process.on("message", (invocation: Invocation) => void answer(handler, invocation));
  process.on("disconnect", () => process.exit());
  setInterval(() => {
    const resident = residentMb();
    if (resident > Number(memoryMb)) runOutOfMemory(resident);
  }, memoryCheckMs).unref();
  send({ kind: "ready" });
} catch (error) {
  send({ kind: "init-error", error: describe(error) });
}
