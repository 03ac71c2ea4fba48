import { join } from "node:path";
import { distDirectory } from "@henkan/build/directories";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, type PolicyStatement, policyDocument } from "./policies.ts";
import type { StageContext } from "./stage.ts";
import { writeTraces } from "./tracing.ts";

export interface LambdaFunctionArgs {
  readonly stage: StageContext;
  /** The folder in `dist/functions` that `npm run build` fills. */
  readonly bundle: string;
  /**
   * Names the function in logs and metrics.
   * @default the bundle
   */
  readonly service?: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Statements beyond those for writing its log and its traces. */
  readonly permissions: readonly PolicyStatement[];
  readonly layers?: readonly pulumi.Input<string>[];
  readonly ephemeralStorageMb?: number;
  /** Concurrent invocations reserved for this function; none when absent. */
  readonly reservedConcurrency?: number | undefined;
  /**
   * Lets CodeDeploy move the alias to a new version; otherwise the alias follows at once.
   * @default true
   */
  readonly gradual?: boolean;
}

/** Every caller invokes the function through this alias, never through a version. */
const aliasName = "live";

/** A function with its own role and log group. */
export class LambdaFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly alias: aws.lambda.Alias;

  constructor(name: string, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:compute:LambdaFunction", name, {}, opts);
    const { gradual = true, service = args.bundle } = args;
    const child = { parent: this };
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { retentionInDays: args.stage.logRetentionDays },
      child,
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      { assumeRolePolicy: policyDocument(assumedByLambda) },
      child,
    );
    const permissions = new aws.iam.RolePolicy(
      `${name}-permissions`,
      {
        role: role.name,
        policy: policyDocument(
          allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${logs.arn}:*`),
          writeTraces,
          ...args.permissions,
        ),
      },
      child,
    );
    this.function = new aws.lambda.Function(
      `${name}-function`,
      {
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        code: new pulumi.asset.FileArchive(join(distDirectory, "functions", args.bundle)),
        handler: "index.handler",
        role: role.arn,
        memorySize: args.memoryMb,
        timeout: args.timeoutSeconds,
        environment: {
          variables: { POWERTOOLS_SERVICE_NAME: service, ...args.environment },
        },
        tracingConfig: { mode: "Active" },
        layers: [...(args.layers ?? [])],
        ...(args.ephemeralStorageMb && { ephemeralStorage: { size: args.ephemeralStorageMb } }),
        ...(args.reservedConcurrency && { reservedConcurrentExecutions: args.reservedConcurrency }),
        loggingConfig: {
          logFormat: "JSON",
          logGroup: logs.name,
          applicationLogLevel: args.stage.logLevel.toUpperCase(),
          systemLogLevel: "INFO",
        },
        publish: true,
      },
      { parent: this, dependsOn: [permissions] },
    );
    this.alias = new aws.lambda.Alias(
      `${name}-alias`,
      { name: aliasName, functionName: this.function.name, functionVersion: this.function.version },
      { parent: this, ...(gradual && { ignoreChanges: ["functionVersion", "routingConfig"] }) },
    );
    this.registerOutputs({ function: this.function, alias: this.alias });
  }
}

const assumedByLambda: PolicyStatement = {
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
};
