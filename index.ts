import { Cdn } from "./infra/cdn.ts";
import { readConfig } from "./infra/config.ts";
import { ConversionsTopic } from "./infra/conversions-topic.ts";
import { ConverterFunction } from "./infra/converter-function.ts";
import { ConverterQueue } from "./infra/converter-queue.ts";
import { OutputBucket } from "./infra/output-bucket.ts";
import { sharpLayer } from "./infra/sharp-layer.ts";
import { UploadApi } from "./infra/upload-api.ts";
import { UploadBucket } from "./infra/upload-bucket.ts";
import { UploadEvents } from "./infra/upload-events.ts";

const config = readConfig();
const { logLevel, logRetentionDays, maxUploadMiB, allowedOrigins, protect, noncurrentExpireDays } = config;
const uploadExpirySeconds = 5 * 60;

const uploads = new UploadBucket("uploads", {
  expireDays: config.uploadsExpireDays,
  allowedOrigins,
  uploadExpirySeconds,
  protect,
  noncurrentExpireDays,
});
const events = new UploadEvents("uploads", { bucket: uploads.bucket, accountId: config.accountId });

const outputs = new OutputBucket("outputs", {
  expireDays: config.outputsExpireDays,
  protect,
  noncurrentExpireDays,
});
const cdn = new Cdn("cdn", { bucket: outputs.bucket, priceClass: config.priceClass });
const conversions = new ConversionsTopic("conversions");

const layer = config.converters.some(({ definition }) => definition.needsSharp)
  ? sharpLayer("sharp")
  : undefined;
for (const converter of config.converters) {
  const { name, definition } = converter;
  const { queue } = new ConverterQueue(name, {
    topicArn: events.topic.arn,
    accepts: definition.accepts,
    timeoutSeconds: definition.timeoutSeconds,
  });
  new ConverterFunction(name, {
    converter,
    queue,
    uploads: uploads.bucket,
    outputs: outputs.bucket,
    conversionsTopicArn: conversions.topic.arn,
    cdnUrl: cdn.url,
    sharpLayerArn: definition.needsSharp ? layer?.arn : undefined,
    maxUploadMiB,
    maximumConcurrency: config.maximumConcurrency,
    reservedConcurrency: config.reservedConcurrency,
    logLevel,
    logRetentionDays,
  });
}

const api = new UploadApi("upload-api", {
  uploads: uploads.bucket,
  outputs: outputs.bucket,
  cdnUrl: cdn.url,
  variants: config.variants,
  maxUploadMiB,
  uploadExpirySeconds,
  auth: config.auth,
  allowedOrigins,
  throttle: config.apiThrottle,
  logLevel,
  logRetentionDays,
});

export const apiUrl = api.url;
export const cdnUrl = cdn.url;
export const uploadsBucket = uploads.bucket.bucket;
export const outputsBucket = outputs.bucket.bucket;
export const uploadsTopicArn = events.topic.arn;
export const conversionsTopicArn = conversions.topic.arn;
