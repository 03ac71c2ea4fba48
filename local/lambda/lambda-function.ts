import { randomUUID } from "node:crypto";
import type { Faults } from "../faults.ts";
import { Environment, type EnvironmentSettings, type InvocationResult } from "./environment.ts";

/** A function as `aws.lambda.Function` declares it, ready to run here. */
export interface FunctionSettings extends EnvironmentSettings {
  readonly name: string;
  readonly arn: string;
  readonly timeoutSeconds: number;
  /** Environments that may run at once. */
  readonly maxEnvironments: number;
}

/** One line of the platform's report on an invocation. */
export interface InvocationReport {
  readonly functionName: string;
  readonly requestId: string;
  readonly coldStart: boolean;
  readonly durationMs: number;
  readonly residentMb?: number;
  readonly error?: string;
}

const crashDelayMs = 20;

/** A deployed function: starts environments as invocations need them, reuses warm ones, enforces its timeout. */
export class LambdaFunction {
  readonly settings: FunctionSettings;
  readonly #faults: Faults;
  readonly #onReport: (report: InvocationReport) => void;
  readonly #idle: Environment[] = [];
  readonly #all = new Set<Environment>();
  readonly #waiting: ((environment: Environment) => void)[] = [];

  constructor(settings: FunctionSettings, faults: Faults, onReport: (report: InvocationReport) => void) {
    this.settings = settings;
    this.#faults = faults;
    this.#onReport = onReport;
  }

  /** Runs the handler with `event`, waiting for a free environment when all are busy. */
  async invoke(event: unknown): Promise<InvocationResult> {
    const requestId = randomUUID();
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

  /** Ends every environment; invocations that wait for one are never answered. */
  close(): void {
    for (const environment of this.#all) {
      environment.kill({ errorType: "Runtime.Shutdown", errorMessage: "The local cloud was stopped" });
    }
    this.#all.clear();
    this.#idle.length = 0;
    this.#waiting.length = 0;
  }

  async #run(environment: Environment, event: unknown, requestId: string): Promise<InvocationResult> {
    const { arn, timeoutSeconds } = this.settings;
    const timers = [
      setTimeout(() => {
        const errorMessage = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
        environment.kill({ errorType: "Sandbox.Timedout", errorMessage });
      }, timeoutSeconds * 1000),
    ];
    if (this.#faults.crashes()) {
      const error = { errorType: "Runtime.ExitError", errorMessage: "Killed by an injected fault" };
      timers.push(setTimeout(() => environment.kill(error), crashDelayMs));
    }
    const deadline = Date.now() + timeoutSeconds * 1000;
    const result = await environment.invoke({ requestId, event, deadline, invokedFunctionArn: arn });
    for (const timer of timers) clearTimeout(timer);
    return result;
  }

  #acquire(): Promise<Environment> | Environment {
    const warm = this.#idle.pop();
    if (warm?.usable) return warm;
    if (warm) this.#all.delete(warm);
    if (this.#all.size < this.settings.maxEnvironments) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): Environment {
    const environment = new Environment(this.settings);
    this.#all.add(environment);
    return environment;
  }

  #release(environment: Environment): void {
    if (!environment.usable) this.#all.delete(environment);
    const next = this.#waiting.shift();
    if (next) next(environment.usable ? environment : this.#start());
    else if (environment.usable) this.#idle.push(environment);
  }
}
