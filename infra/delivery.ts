import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { Cdn } from "./cdn.ts";
import type { PipelineConfig } from "./config/pipeline-config.ts";
import type { StageContext } from "./stage.ts";
import { UrlSigners } from "./url-signers.ts";
import { WebAcl } from "./web-acl.ts";

export interface DeliveryArgs {
  readonly stage: StageContext;
  readonly config: PipelineConfig;
  /** A physical name that differs between pipelines. */
  readonly physicalName: pulumi.Input<string>;
  /** The bucket of outputs. */
  readonly bucket: aws.s3.Bucket;
}

/** Makes the CDN, with the firewall and the URL signers that the settings ask for. */
export function delivery(
  name: string,
  { stage, config, bucket, physicalName }: DeliveryArgs,
  opts: pulumi.ComponentResourceOptions,
): Cdn {
  const { waf, wafRateLimit: rateLimit, signedUrls, priceClass, domain, page } = config;
  const webAcl = waf ? new WebAcl(name, { stage, rateLimit, metricName: physicalName }, opts) : undefined;
  const signers = signedUrls ? new UrlSigners(name, signedUrls, opts) : undefined;
  return new Cdn(
    name,
    {
      bucket,
      priceClass,
      domain,
      webAclArn: webAcl?.arn,
      keyGroupId: signers?.keyGroupId,
      hasPage: page !== false,
    },
    opts,
  );
}
