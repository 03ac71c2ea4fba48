import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type InvocationFault, noFaults } from "../../../../packages/local-cloud/faults.ts";
import {
  EmulatedFunction,
  type InvocationReport,
} from "../../../../packages/local-cloud/lambda/emulated-function.ts";

/** A running function, its reports and its log lines. */
export interface TestFunction {
  readonly lambda: EmulatedFunction;
  readonly reports: InvocationReport[];
  readonly logs: string[];
  close(): void;
}

/** Starts a function. `handlerSource` is the body of `async (event, context) => { … }`. */
export function startFunction(
  handlerSource: string,
  overrides: {
    timeoutSeconds?: number;
    memoryMb?: number;
    maxEnvironments?: number;
    variables?: Record<string, string>;
    handler?: string;
    /** Returns the fault of the next invocation. */
    fault?: () => InvocationFault;
  } = {},
): TestFunction {
  const { fault, ...settings } = overrides;
  const taskRoot = mkdtempSync(join(tmpdir(), "henkan-function-"));
  writeFileSync(
    join(taskRoot, "index.js"),
    `let invocations = 0;\nexports.handler = async (event, context) => { invocations++; ${handlerSource} };`,
  );
  const logs: string[] = [];
  const reports: InvocationReport[] = [];
  const lambda = new EmulatedFunction(
    {
      name: "test",
      arn: "arn:aws:lambda:ap-northeast-1:111111111111:function:test",
      roleArn: "arn:aws:iam::111111111111:role/test",
      scratchDirectory: join(taskRoot, "tmp"),
      handler: "index.handler",
      memoryMb: 512,
      timeoutSeconds: 10,
      maxEnvironments: 2,
      variables: { PATH: "/usr/bin" },
      taskRoot,
      onLog: (line) => logs.push(line),
      ...settings,
    },
    fault ? { ...noFaults, invocation: () => ({ fault: fault(), onFailed: () => {} }) } : noFaults,
    (report) => reports.push(report),
  );
  const close = () => {
    lambda.close();
    rmSync(taskRoot, { recursive: true });
  };
  return { lambda, reports, logs, close };
}
