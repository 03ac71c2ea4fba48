import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LambdaFunction } from "../lambda-function.ts";
import { alarm } from "./alarm.ts";
import { lambdaMetric, type Metric, newestVersionMetric, ownMetric } from "./metrics.ts";

export interface FunctionAlarmsArgs {
  /** The converter's name or `upload-api`, by which descriptions name the function. */
  readonly role: string;
  readonly function: LambdaFunction;
  /** The dimensions of the metrics that the function sends itself. */
  readonly dimensions: Metric["dimensions"];
  readonly topicArn: pulumi.Input<string>;
}

/**
 * Two errors in five minutes come from two different messages: a message that fails repeatedly comes back once per
 * visibility timeout, which is six minutes or more.
 */
const tooManyErrors = { statistic: "Sum", threshold: 2, periodSeconds: 300 };
/** Lambda retries invocations it could not start, so only a lasting limit needs an operator. */
const lastingThrottles = { statistic: "Sum", threshold: 1, periodSeconds: 60, periods: 5, datapoints: 3 };
/** A share of the timeout, above which slower files will soon time out. */
const nearlyTimedOut = 0.8;

/** The alarms for a function's errors, throttles and duration, and for errors of its newest version. */
export class FunctionAlarms extends pulumi.ComponentResource {
  /** The alarms that stop a release of the newest version. */
  readonly release: readonly aws.cloudwatch.MetricAlarm[];

  readonly all: readonly aws.cloudwatch.MetricAlarm[];

  constructor(name: string, args: FunctionAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:monitoring:FunctionAlarms", name, {}, opts);
    const { role, function: lambda, dimensions, topicArn } = args;
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
        description: `The newest version of ${role} fails for reasons that are not its input's. A release under way is rolled back by itself; find the reason in the log before the next.`,
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
        description: `${role} fails for reasons that are not its input's: crashes, timeouts, AWS errors, bugs. Read its errors in the log; roll back if they began with a release.`,
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
        description: `Lambda refuses to start ${role}: a concurrency limit is reached. Find out which one, then raise it or lower the others.`,
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
        description: `The slowest invocations of ${role} take 80 % of its timeout or more. Find the files they were for; raise memory or timeout, or lower the batch size.`,
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
