import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ReleasePlan, ReleaseTarget } from "../contract/stack-outputs.ts";
import type { Deployment } from "./config/deployment.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import { allow, type PolicyStatement, policyDocument } from "./policies.ts";
import { PreTrafficHook, type PreTrafficHookArgs } from "./pre-traffic-hook.ts";

/** A function whose new versions get their traffic step by step. */
export interface ReleasedFunction {
  /** The converter's name or `upload-api`; also the name of its deployment group. */
  readonly name: string;
  readonly function: LambdaFunction;
  /** Alarms that each stop a deployment and roll it back. */
  readonly alarms: readonly aws.cloudwatch.MetricAlarm[];
}

export interface ReleaseArgs
  extends Omit<PreTrafficHookArgs, "functions" | "application" | "deploymentGroups"> {
  readonly functions: readonly ReleasedFunction[];
  /** One of CodeDeploy's own configurations for Lambda by its short name, such as `Canary10Percent5Minutes`. */
  readonly deployment: Deployment;
}

/** Shifts the traffic of functions to their new versions step by step, and back when an alarm reports errors. */
export class Release extends pulumi.ComponentResource {
  /** The facts by which `npm run deploy` creates and follows the deployments. */
  readonly plan: pulumi.Output<ReleasePlan>;

  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:release:Release", name, {}, opts);
    const { functions, deployment, stage } = args;
    const application = new aws.codedeploy.Application(
      `${name}-application`,
      { computePlatform: "Lambda" },
      { parent: this },
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      { assumeRolePolicy: policyDocument(assumedByCodeDeploy(stage.accountId)) },
      { parent: this },
    );
    const deploymentGroups = functions.map((released) =>
      this.#deploymentGroup(`${name}-${released.name}`, released, {
        appName: application.name,
        serviceRoleArn: role.arn,
        deploymentConfigName: `CodeDeployDefault.Lambda${deployment}`,
      }),
    );
    const hook = new PreTrafficHook(
      `${name}-pre-traffic-hook`,
      { ...args, application, deploymentGroups },
      { parent: this },
    );
    new aws.iam.RolePolicy(
      `${name}-permissions`,
      { role: role.name, policy: policyDocument(...permissions(functions, hook)) },
      { parent: this },
    );
    const { name: functionName, loggingConfig } = hook.function.function;
    this.plan = pulumi.output({
      application: application.name,
      hook: { functionName, logGroup: loggingConfig.logGroup },
      targets: functions.map(target),
    });
    this.registerOutputs({ plan: this.plan });
  }

  #deploymentGroup(
    name: string,
    { name: deploymentGroupName, alarms }: ReleasedFunction,
    args: Pick<aws.codedeploy.DeploymentGroupArgs, "appName" | "serviceRoleArn" | "deploymentConfigName">,
  ): aws.codedeploy.DeploymentGroup {
    return new aws.codedeploy.DeploymentGroup(
      name,
      {
        ...args,
        deploymentGroupName,
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        autoRollbackConfiguration: {
          enabled: true,
          events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
        },
        ...(alarms.length > 0 && {
          alarmConfiguration: { enabled: true, alarms: alarms.map((alarm) => alarm.name) },
        }),
      },
      { parent: this },
    );
  }
}

function target({ name, function: released, alarms }: ReleasedFunction): pulumi.Output<ReleaseTarget> {
  return pulumi.output({
    name,
    functionName: released.function.name,
    alias: released.alias.name,
    version: released.function.version,
    deploymentGroup: name,
    alarms: alarms.map((alarm) => alarm.name),
  });
}

function assumedByCodeDeploy(accountId: string): PolicyStatement {
  return {
    Effect: "Allow",
    Principal: { Service: "codedeploy.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": accountId } },
  };
}

/**
 * The actions of AWS's own `AWSCodeDeployRoleForLambdaLimited`, on these functions and alarms alone. Metric alarms can
 * be described by ARN, composite ones cannot:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html.
 */
function permissions(functions: readonly ReleasedFunction[], hook: PreTrafficHook): PolicyStatement[] {
  const arns = functions.map((released) => released.function.function.arn);
  const alarms = functions.flatMap((released) => released.alarms.map((alarm) => alarm.arn));
  return [
    allow(["lambda:GetAlias", "lambda:UpdateAlias"], arns),
    allow(
      ["lambda:GetProvisionedConcurrencyConfig"],
      arns.map((arn) => pulumi.interpolate`${arn}:*`),
    ),
    allow(["lambda:InvokeFunction"], hook.function.function.arn),
    ...(alarms.length > 0 ? [allow(["cloudwatch:DescribeAlarms"], alarms)] : []),
  ];
}
