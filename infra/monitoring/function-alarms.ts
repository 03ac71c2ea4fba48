import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../lambda-function.ts";
import { alarm } from "./alarm.ts";
import { lambdaMetric, newestVersionMetric, ownMetric } from "./metrics.ts";

export interface FunctionAlarmsArgs {
  readonly function: LambdaFunction;
  /** Of the metrics the function sends itself. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly topicArn: pulumi.Input<string>;
}

/**
 * Two in five minutes are two different messages: one that fails again and again comes back once in a visibility
 * timeout, which is six minutes or more.
 */
const tooManyErrors = { statistic: "Sum", threshold: 2, periodSeconds: 300 };
/** Lambda repeats what it could not start; only a limit that stays reached needs somebody. */
const lastingThrottles = { statistic: "Sum", threshold: 1, periodSeconds: 60, periods: 5, datapoints: 3 };
/** Of the timeout: the slowest files of tomorrow will not make it. */
const nearlyTimedOut = 0.8;

/** How a function fails, is throttled, runs out of time, and whether its newest version is to blame. */
export class FunctionAlarms extends pulumi.ComponentResource {
  /** Those that say that the newest version should not get more traffic. */
  readonly release: readonly aws.cloudwatch.MetricAlarm[];

  readonly all: readonly aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: FunctionAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:monitoring:FunctionAlarms", name, {}, opts);
    const { function: lambda, dimensions, topicArn } = args;
    const { version, timeout } = lambda.function;
    const child = { parent: this };
    const release = alarm(
      `${name}-release-errors-alarm`,
      {
        metrics: [
          newestVersionMetric(lambda, "Errors"),
          ownMetric({ ...dimensions, version }, "UnclassifiedErrors"),
        ],
        ...tooManyErrors,
        description: `The newest version of ${name} fails for reasons that are not its input's. A release under way is rolled back by itself; find the reason in the log before the next.`,
        runbook: "a-release-was-rolled-back",
        topicArn,
      },
      child,
    );
    const errors = alarm(
      `${name}-errors-alarm`,
      {
        metrics: [lambdaMetric(lambda, "Errors"), ownMetric(dimensions, "UnclassifiedErrors")],
        ...tooManyErrors,
        description: `${name} fails for reasons that are not its input's: crashes, timeouts, AWS errors, bugs. Read its errors in the log; roll back if they began with a release.`,
        runbook: "errors",
        topicArn,
      },
      child,
    );
    const throttles = alarm(
      `${name}-throttles-alarm`,
      {
        metrics: [lambdaMetric(lambda, "Throttles")],
        ...lastingThrottles,
        description: `Lambda refuses to start ${name}: a concurrency limit is reached. Look whose it is, then raise it or lower the others.`,
        runbook: "throttles",
        topicArn,
      },
      child,
    );
    const duration = alarm(
      `${name}-duration-alarm`,
      {
        metrics: [lambdaMetric(lambda, "Duration")],
        statistic: "p99",
        threshold: timeout.apply((seconds = 3) => Math.round(nearlyTimedOut * seconds * 1000)),
        periodSeconds: 300,
        periods: 3,
        datapoints: 2,
        description: `The slowest invocations of ${name} take 80 % of its timeout or more. Find the files they were for; raise memory or timeout, or lower the batch size.`,
        runbook: "duration",
        topicArn,
      },
      child,
    );
    this.release = [release];
    this.all = [errors, release, throttles, duration];
    this.registerOutputs({});
  }
}
