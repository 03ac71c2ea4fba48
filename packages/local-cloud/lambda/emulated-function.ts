import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FaultInjector, InvocationFault } from "../faults.ts";
import { Environment, type EnvironmentSettings, type InvocationResult } from "./environment.ts";

/** The settings of a function, from `aws.lambda.Function`, with its files on this machine. */
export interface FunctionSettings extends Omit<EnvironmentSettings, "scratchDirectory"> {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Contains one folder for each environment, in place of `/tmp`. */
  readonly scratchDirectory: string;
  readonly timeoutSeconds: number;
  /** The most environments at once. */
  readonly maxEnvironments: number;
}

/** The facts that Lambda reports about an invocation. */
export interface InvocationReport {
  readonly functionName: string;
  readonly requestId: string;
  readonly coldStart: boolean;
  readonly durationMs: number;
  readonly residentMb?: number;
  /** Type and message; absent when the invocation succeeded. */
  readonly error?: string;
}

/** A function. It starts environments when invocations need them, reuses warm ones, and enforces the timeout. */
export class EmulatedFunction {
  readonly settings: FunctionSettings;
  readonly #faults: FaultInjector;
  readonly #onReport: (report: InvocationReport) => void;
  readonly #idle: Environment[] = [];
  /**
   * Environments with their slots. An environment that failed is replaced by one in the same slot, with the same
   * `/tmp`.
   */
  readonly #all = new Map<Environment, number>();
  readonly #waiting: ((environment: Environment) => void)[] = [];
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #inProgress = 0;

  constructor(
    settings: FunctionSettings,
    faults: FaultInjector,
    onReport: (report: InvocationReport) => void,
  ) {
    this.settings = settings;
    this.#faults = faults;
    this.#onReport = onReport;
    faults.ofFunction(settings.roleArn);
  }

  /** True while an invocation is in progress. */
  get busy(): boolean {
    return this.#inProgress > 0;
  }

  /** Invokes the handler with `event`. Waits for a free environment when all are busy. */
  async invoke(event: unknown): Promise<InvocationResult> {
    this.#inProgress++;
    try {
      return await this.#invoke(event, randomUUID());
    } finally {
      this.#inProgress--;
    }
  }

  async #invoke(event: unknown, requestId: string): Promise<InvocationResult> {
    const environment = await this.#acquire();
    const coldStart = environment.cold;
    const begin = performance.now();
    const result = await this.#run(environment, event, requestId);
    this.#release(environment);
    this.#onReport({
      functionName: this.settings.name,
      requestId,
      coldStart,
      durationMs: performance.now() - begin,
      ...(result.ok
        ? { residentMb: result.residentMb }
        : { error: `${result.error.errorType}: ${result.error.errorMessage}` }),
    });
    return result;
  }

  /** Ends every environment. Invocations that wait for an environment are never answered. */
  close(): void {
    for (const environment of this.#all.keys()) {
      environment.kill({ errorType: "Runtime.Shutdown", errorMessage: "The local cloud was stopped" });
    }
    this.#all.clear();
    this.#idle.length = 0;
    this.#waiting.length = 0;
  }

  async #run(environment: Environment, event: unknown, requestId: string): Promise<InvocationResult> {
    const { name, arn, roleArn, timeoutSeconds } = this.settings;
    const planned = this.#faults.invocation({ functionName: name, roleArn, event });
    const limitMs = planned?.fault.limitMs ?? timeoutSeconds * 1000;
    const timers = [
      setTimeout(() => {
        const errorMessage = `Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`;
        environment.kill({ errorType: "Sandbox.Timedout", errorMessage });
      }, limitMs),
      ...killTimer(environment, planned?.fault),
    ];
    const result = await environment.invoke({
      requestId,
      event,
      deadline: Date.now() + limitMs,
      invokedFunctionArn: arn,
      ...(planned && { fault: planned.fault }),
    });
    for (const timer of timers) clearTimeout(timer);
    if (!result.ok) planned?.onFailed();
    return result;
  }

  #acquire(): Promise<Environment> | Environment {
    const warm = this.#idle.pop();
    if (warm?.usable) return warm;
    if (warm) this.#forget(warm);
    if (this.#all.size < this.settings.maxEnvironments) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): Environment {
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    const scratchDirectory = join(this.settings.scratchDirectory, String(slot));
    mkdirSync(scratchDirectory, { recursive: true });
    const environment = new Environment({ ...this.settings, scratchDirectory });
    this.#all.set(environment, slot);
    return environment;
  }

  #forget(environment: Environment): void {
    const slot = this.#all.get(environment);
    if (slot !== undefined) this.#freeSlots.push(slot);
    this.#all.delete(environment);
  }

  #release(environment: Environment): void {
    if (!environment.usable) this.#forget(environment);
    const next = this.#waiting.shift();
    if (next) next(environment.usable ? environment : this.#start());
    else if (environment.usable) this.#idle.push(environment);
  }
}

function killTimer(environment: Environment, fault: InvocationFault | undefined): NodeJS.Timeout[] {
  if (fault?.killAfterMs === undefined) return [];
  const error = { errorType: "Runtime.ExitError", errorMessage: "Runtime exited: SIGKILL" };
  return [setTimeout(() => environment.kill(error), fault.killAfterMs)];
}
