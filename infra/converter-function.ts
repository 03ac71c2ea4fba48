import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { filesPrefix, receiptsPrefix } from "../contract/keys.ts";
import type { DeclaredConverter } from "./config/variants.ts";
import { useOfKey } from "./encryption-key.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { services } from "./monitoring/metrics.ts";
import { allow, type PolicyStatement } from "./policies.ts";
import type { StageContext } from "./stage.ts";

export interface ConverterFunctionArgs {
  readonly converter: DeclaredConverter;
  readonly queue: aws.sqs.Queue;
  readonly uploads: aws.s3.Bucket;
  readonly outputs: aws.s3.Bucket;
  readonly conversionsTopicArn: pulumi.Input<string>;
  readonly cdnUrl: pulumi.Input<string>;
  /** The layer with sharp, when the converter needs it. */
  readonly sharpLayerArn: pulumi.Input<string> | undefined;
  readonly maxUploadMiB: number;
  readonly maximumConcurrency: number;
  readonly reservedConcurrency: number | undefined;
  readonly stage: StageContext;
}

/** The function of one converter, which makes all its variants of each upload from its queue. */
export class ConverterFunction extends pulumi.ComponentResource {
  readonly function: LambdaFunction;

  constructor(name: string, args: ConverterFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:compute:ConverterFunction", name, {}, opts);
    const { converter, queue } = args;
    const { definition } = converter;
    this.function = new LambdaFunction(
      name,
      {
        stage: args.stage,
        bundle: converter.name,
        service: services.convert,
        memoryMb: definition.memoryMb,
        timeoutSeconds: definition.timeoutSeconds,
        ephemeralStorageMb: scratchMb(args.maxUploadMiB),
        environment: environment(args),
        permissions: permissions(args),
        layers: args.sharpLayerArn ? [args.sharpLayerArn] : [],
        reservedConcurrency: args.reservedConcurrency,
      },
      { parent: this },
    );
    new aws.lambda.EventSourceMapping(
      `${name}-event-source`,
      {
        eventSourceArn: queue.arn,
        functionName: this.function.alias.arn,
        batchSize: definition.batchSize,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: args.maximumConcurrency },
      },
      { parent: this },
    );
    this.registerOutputs({ function: this.function });
  }
}

function environment({ converter, outputs, conversionsTopicArn, cdnUrl }: ConverterFunctionArgs) {
  return {
    CONVERTER: converter.name,
    VARIANTS: JSON.stringify(converter.variants),
    OUTPUTS_BUCKET: outputs.bucket,
    CONVERSIONS_TOPIC_ARN: conversionsTopicArn,
    CDN_URL: cdnUrl,
    // glibc's per-thread arenas keep freed image buffers: with two arenas, half as much memory stays resident.
    ...(converter.definition.needsSharp && { MALLOC_ARENA_MAX: "2" }),
  };
}

function permissions({
  queue,
  uploads,
  outputs,
  conversionsTopicArn,
  stage: { keys },
}: ConverterFunctionArgs): PolicyStatement[] {
  return [
    allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue.arn),
    allow(["s3:GetObject"], pulumi.interpolate`${uploads.arn}/*`),
    allow(["s3:PutObject", "s3:AbortMultipartUpload"], pulumi.interpolate`${outputs.arn}/${filesPrefix}/*`),
    allow(["s3:GetObject", "s3:PutObject"], pulumi.interpolate`${outputs.arn}/${receiptsPrefix}/*`),
    // Without it S3 answers 403 instead of 404 for a deleted upload or a missing receipt.
    allow(["s3:ListBucket"], [uploads.arn, outputs.arn]),
    allow(["sns:Publish"], conversionsTopicArn),
    ...(keys ? [allow(useOfKey, [keys.storage.arn, keys.messages.arn])] : []),
  ];
}

/** Returns the size of `/tmp` for a local copy of one upload at a time, within Lambda's limits of 512 to 10240 MB. */
function scratchMb(maxUploadMiB: number): number {
  return Math.min(10_240, Math.max(512, 2 * maxUploadMiB));
}
