import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { filesPrefix, receiptsPrefix } from "../contract/keys.ts";
import type { DeclaredConverter } from "./config/variants.ts";
import { useOfKey } from "./encryption-key.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { services } from "./monitoring/metrics.ts";
import { allow, type Statement } from "./policies.ts";

export interface ConverterFunctionArgs {
  readonly converter: DeclaredConverter;
  readonly queue: aws.sqs.Queue;
  readonly uploads: aws.s3.Bucket;
  readonly outputs: aws.s3.Bucket;
  readonly conversionsTopicArn: pulumi.Input<string>;
  readonly cdnUrl: pulumi.Input<string>;
  /** Customer managed keys of the buckets, the queue and the topic. */
  readonly keyArns: readonly pulumi.Input<string>[];
  /** Present when the converter needs it. */
  readonly sharpLayerArn: pulumi.Input<string> | undefined;
  readonly maxUploadMiB: number;
  readonly maximumConcurrency: number;
  readonly reservedConcurrency: number | undefined;
  readonly logLevel: string;
  readonly logRetentionDays: number;
}

/** One converter at work: takes uploads from its queue and makes all its variants of each. */
export class ConverterFunction extends pulumi.ComponentResource {
  readonly function: LambdaFunction;

  constructor(name: string, args: ConverterFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:compute:ConverterFunction", name, {}, opts);
    const { converter, queue } = args;
    const { definition } = converter;
    this.function = new LambdaFunction(
      name,
      {
        bundle: converter.name,
        service: services.convert,
        memoryMb: definition.memoryMb,
        timeoutSeconds: definition.timeoutSeconds,
        ephemeralStorageMb: scratchMb(args.maxUploadMiB),
        environment: environment(args),
        permissions: permissions(args),
        layers: args.sharpLayerArn ? [args.sharpLayerArn] : [],
        reservedConcurrency: args.reservedConcurrency,
        logLevel: args.logLevel,
        logRetentionDays: args.logRetentionDays,
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
    // glibc's per-thread arenas keep freed image buffers: two of them halve what stays resident.
    ...(converter.definition.needsSharp && { MALLOC_ARENA_MAX: "2" }),
  };
}

function permissions({
  queue,
  uploads,
  outputs,
  conversionsTopicArn,
  keyArns,
}: ConverterFunctionArgs): Statement[] {
  return [
    allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue.arn),
    allow(["s3:GetObject"], pulumi.interpolate`${uploads.arn}/*`),
    allow(["s3:PutObject", "s3:AbortMultipartUpload"], pulumi.interpolate`${outputs.arn}/${filesPrefix}/*`),
    allow(["s3:GetObject", "s3:PutObject"], pulumi.interpolate`${outputs.arn}/${receiptsPrefix}/*`),
    // Without it S3 answers 403, not 404, for an upload that is gone or a receipt that is not there yet.
    allow(["s3:ListBucket"], [uploads.arn, outputs.arn]),
    allow(["sns:Publish"], conversionsTopicArn),
    ...(keyArns.length > 0 ? [allow(useOfKey, [...keyArns])] : []),
  ];
}

/** Room for a local copy of one upload at a time, within Lambda's limits for `/tmp` of 512 to 10240 MB. */
function scratchMb(maxUploadMiB: number): number {
  return Math.min(10_240, Math.max(512, 2 * maxUploadMiB));
}
