import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { PipelineConfig } from "./config/pipeline-config.ts";
import { ConverterFunction } from "./converter-function.ts";
import { ConverterQueue } from "./converter-queue.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import { sharpLayer } from "./sharp-layer.ts";
import type { StageContext } from "./stage.ts";

/** A converter in use, with its queue and its function. */
export interface Converter {
  readonly name: string;
  readonly queue: ConverterQueue;
  readonly function: LambdaFunction;
}

export interface ConvertersArgs {
  readonly stage: StageContext;
  readonly config: PipelineConfig;
  /** A physical name that differs between pipelines. */
  readonly physicalName: pulumi.Input<string>;
  readonly uploads: aws.s3.Bucket;
  readonly outputs: aws.s3.Bucket;
  /** The topic on which S3 announces each upload. */
  readonly uploadsTopic: aws.sns.Topic;
  /** The topic of completion events. */
  readonly conversions: aws.sns.Topic;
  readonly cdnUrl: pulumi.Input<string>;
}

/** Makes a queue and a function for each converter that has a variant, in the registry's order. */
export function converters(
  name: string,
  { stage, config, physicalName, uploads, outputs, uploadsTopic, conversions, cdnUrl }: ConvertersArgs,
  opts: pulumi.ComponentResourceOptions,
): Converter[] {
  const { maxUploadMiB, maximumConcurrency, reservedConcurrency } = config;
  const layer = config.converters.some(({ definition }) => definition.needsSharp)
    ? sharpLayer(`${name}-sharp`, physicalName, opts)
    : undefined;
  return config.converters.map((converter) => {
    const { definition } = converter;
    const { accepts, timeoutSeconds, needsSharp } = definition;
    const childName = `${name}-${converter.name}`;
    const queue = new ConverterQueue(
      childName,
      { stage, topicArn: uploadsTopic.arn, accepts, timeoutSeconds },
      opts,
    );
    const { function: lambda } = new ConverterFunction(
      childName,
      {
        stage,
        converter,
        queue: queue.queue,
        uploads,
        outputs,
        conversionsTopicArn: conversions.arn,
        cdnUrl,
        sharpLayerArn: needsSharp ? layer?.arn : undefined,
        maxUploadMiB,
        maximumConcurrency,
        reservedConcurrency,
      },
      opts,
    );
    return { name: converter.name, queue, function: lambda };
  });
}
