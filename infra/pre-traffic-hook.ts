import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { filesPrefix, receiptsPrefix, trialIdStart } from "../contract/keys.ts";
import type { DeclaredVariant } from "../contract/variant.ts";
import { useOfKey } from "./encryption-key.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { allow, type PolicyStatement } from "./policies.ts";
import type { StageContext } from "./stage.ts";

export interface PreTrafficHookArgs {
  readonly functions: readonly { readonly name: string; readonly function: LambdaFunction }[];
  readonly application: aws.codedeploy.Application;
  readonly deploymentGroups: readonly aws.codedeploy.DeploymentGroup[];
  readonly uploads: aws.s3.Bucket;
  readonly outputs: aws.s3.Bucket;
  readonly variants: readonly DeclaredVariant[];
  readonly stage: StageContext;
}

/** Longer than a cold start and the conversion of a few small pictures take. */
const timeoutSeconds = 120;

/** Tries a new version on golden samples before CodeDeploy gives it any traffic. */
export class PreTrafficHook extends pulumi.ComponentResource {
  readonly function: LambdaFunction;

  constructor(name: string, args: PreTrafficHookArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:release:PreTrafficHook", name, {}, opts);
    const functionNames = args.functions.map(({ name, function: { function: lambda } }) =>
      lambda.name.apply((functionName): [string, string] => [functionName, name]),
    );
    this.function = new LambdaFunction(
      name,
      {
        stage: args.stage,
        bundle: "pre-traffic-hook",
        memoryMb: 512,
        timeoutSeconds,
        environment: {
          UPLOADS_BUCKET: args.uploads.bucket,
          OUTPUTS_BUCKET: args.outputs.bucket,
          VARIANTS: JSON.stringify(args.variants),
          FUNCTIONS: pulumi.jsonStringify(pulumi.all(functionNames).apply(Object.fromEntries)),
        },
        permissions: permissions(args),
        gradual: false,
      },
      { parent: this },
    );
    this.registerOutputs({ function: this.function });
  }
}

function permissions(args: PreTrafficHookArgs): PolicyStatement[] {
  const { uploads, outputs, application, deploymentGroups } = args;
  const { keys } = args.stage;
  const groups = deploymentGroups.map(({ arn }) => arn);
  const trialUploads = pulumi.interpolate`${uploads.arn}/${trialIdStart}*`;
  const trialFiles = pulumi.interpolate`${outputs.arn}/${filesPrefix}/${trialIdStart}*`;
  const trialReceipts = pulumi.interpolate`${outputs.arn}/${receiptsPrefix}/${trialIdStart}*`;
  return [
    allow(
      ["lambda:InvokeFunction"],
      args.functions.map(({ function: { function: lambda } }) => pulumi.interpolate`${lambda.arn}:*`),
    ),
    allow(["codedeploy:GetDeployment", "codedeploy:PutLifecycleEventHookExecutionStatus"], groups),
    allow(["codedeploy:GetApplicationRevision"], application.arn),
    allow(["s3:PutObject", "s3:DeleteObject"], trialUploads),
    allow(["s3:GetObject", "s3:DeleteObject"], trialFiles),
    allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], trialReceipts),
    ...(keys ? [allow(useOfKey, keys.storage.arn)] : []),
  ];
}
