import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, policyDocument, type Statement } from "./policies.ts";

export interface LambdaFunctionArgs {
  /** Folder under `dist/functions` that `npm run build` fills. */
  readonly bundle: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** What the function may do besides writing its log. */
  readonly permissions: readonly Statement[];
  readonly logLevel: string;
  readonly logRetentionDays: number;
  readonly layers?: readonly pulumi.Input<string>[];
  readonly ephemeralStorageMb?: number;
  /** Concurrency set aside for this function; none when absent. */
  readonly reservedConcurrency?: number | undefined;
}

/** Invocations come through this alias, never through a version. */
const aliasName = "live";

/** A function with its own role and log group. */
export class LambdaFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly alias: aws.lambda.Alias;
  /** The role's permissions: what invokes the function should wait for them. */
  readonly permissions: aws.iam.RolePolicy;

  constructor(name: string, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:compute:LambdaFunction", name, {}, opts);
    const child = { parent: this };
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { retentionInDays: args.logRetentionDays },
      child,
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      { assumeRolePolicy: policyDocument(assumedByLambda) },
      child,
    );
    this.permissions = new aws.iam.RolePolicy(
      `${name}-permissions`,
      {
        role: role.name,
        policy: policyDocument(
          allow(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${logs.arn}:*`),
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
        code: new pulumi.asset.FileArchive(`dist/functions/${args.bundle}`),
        handler: "index.handler",
        role: role.arn,
        memorySize: args.memoryMb,
        timeout: args.timeoutSeconds,
        environment: { variables: { ...args.environment } },
        layers: [...(args.layers ?? [])],
        ...(args.ephemeralStorageMb && { ephemeralStorage: { size: args.ephemeralStorageMb } }),
        ...(args.reservedConcurrency && { reservedConcurrentExecutions: args.reservedConcurrency }),
        loggingConfig: {
          logFormat: "JSON",
          logGroup: logs.name,
          applicationLogLevel: args.logLevel.toUpperCase(),
          systemLogLevel: "INFO",
        },
        publish: true,
      },
      { parent: this, dependsOn: [this.permissions] },
    );
    this.alias = new aws.lambda.Alias(
      `${name}-alias`,
      { name: aliasName, functionName: this.function.name, functionVersion: this.function.version },
      child,
    );
    this.registerOutputs({ function: this.function, alias: this.alias });
  }
}

const assumedByLambda: Statement = {
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
};
