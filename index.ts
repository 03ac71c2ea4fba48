import { AccessLogs } from "./infra/access-logs.ts";
import { Cdn } from "./infra/cdn.ts";
import { isElsewhere } from "./infra/config/notify.ts";
import { readConfig } from "./infra/config.ts";
import { ConversionsTopic } from "./infra/conversions-topic.ts";
import { ConverterFunction } from "./infra/converter-function.ts";
import { ConverterQueue } from "./infra/converter-queue.ts";
import { stageKeys } from "./infra/encryption-key.ts";
import { Monitoring } from "./infra/monitoring.ts";
import { Notifications } from "./infra/notifications.ts";
import { OutputBucket } from "./infra/output-bucket.ts";
import { Release } from "./infra/release.ts";
import { sharpLayer } from "./infra/sharp-layer.ts";
import { topicTracing } from "./infra/tracing.ts";
import { UploadApi } from "./infra/upload-api.ts";
import { UploadBucket } from "./infra/upload-bucket.ts";
import { UploadEvents } from "./infra/upload-events.ts";
import { UrlSigners } from "./infra/url-signers.ts";
import { WebAcl } from "./infra/web-acl.ts";
import { WebPage } from "./infra/web-page.ts";

const config = readConfig();
const { logLevel, logRetentionDays, maxUploadMiB, protect, noncurrentExpireDays } = config;
const { accountId } = config;
const expirySeconds = { put: 5 * 60, multipart: 2 * 60 * 60 };
const keys = config.kms ? stageKeys({ accountId, region: config.region, protect }) : undefined;

const outputs = new OutputBucket("outputs", {
  expireDays: config.outputsExpireDays,
  protect,
  noncurrentExpireDays,
  keyArn: keys?.storage.arn,
});
const webAcl = config.waf
  ? new WebAcl("cdn", { rateLimit: config.wafRateLimit, logRetentionDays })
  : undefined;
const signers = config.signedUrls ? new UrlSigners("cdn", config.signedUrls) : undefined;
const cdn = new Cdn("cdn", {
  bucket: outputs.bucket,
  priceClass: config.priceClass,
  key: keys?.storage,
  webAclArn: webAcl?.arn,
  keyGroupId: signers?.keyGroupId,
  domain: config.domain,
  hasPage: config.page !== false,
});
const allowedOrigins = config.page ? [...config.allowedOrigins, cdn.url] : config.allowedOrigins;

const uploads = new UploadBucket("uploads", {
  expireDays: config.uploadsExpireDays,
  allowedOrigins,
  expirySeconds,
  protect,
  noncurrentExpireDays,
  keyArn: keys?.storage.arn,
});
const { elsewhere = [], here = [] } = Object.groupBy(config.notify, (subscription) =>
  isElsewhere(subscription, accountId) ? "elsewhere" : "here",
);
const conversions = new ConversionsTopic("conversions", {
  keyArn: keys?.messages.arn,
  queuesElsewhere: elsewhere.flatMap(({ queue }) => queue ?? []),
});
const notifications =
  here.length > 0
    ? new Notifications("notify", {
        topicArn: conversions.topic.arn,
        subscriptions: here,
        keyArn: keys?.messages.arn,
      })
    : undefined;
const events = new UploadEvents("uploads", {
  bucket: uploads.bucket,
  accountId,
  key: keys?.messages,
  otherTopicArns: notifications?.undelivered ? [conversions.topic.arn] : [],
});

if (config.accessLogs) {
  new AccessLogs("access-logs", {
    buckets: { uploads: uploads.bucket, outputs: outputs.bucket },
    distribution: cdn.distribution,
    accountId,
    retentionDays: logRetentionDays,
    protect,
  });
}

const layer = config.converters.some(({ definition }) => definition.needsSharp)
  ? sharpLayer("sharp")
  : undefined;
const converters = config.converters.map((converter) => {
  const { name, definition } = converter;
  const queue = new ConverterQueue(name, {
    topicArn: events.topic.arn,
    accepts: definition.accepts,
    timeoutSeconds: definition.timeoutSeconds,
    keyArn: keys?.messages.arn,
  });
  const { function: converterFunction } = new ConverterFunction(name, {
    converter,
    queue: queue.queue,
    uploads: uploads.bucket,
    outputs: outputs.bucket,
    conversionsTopicArn: conversions.topic.arn,
    keyArns: keys ? [keys.storage.arn, keys.messages.arn] : [],
    cdnUrl: cdn.url,
    sharpLayerArn: definition.needsSharp ? layer?.arn : undefined,
    maxUploadMiB,
    maximumConcurrency: config.maximumConcurrency,
    reservedConcurrency: config.reservedConcurrency,
    logLevel,
    logRetentionDays,
  });
  return { name, queue, function: converterFunction };
});

const api = new UploadApi("upload-api", {
  uploads: uploads.bucket,
  outputs: outputs.bucket,
  keyArn: keys?.storage.arn,
  cdnUrl: cdn.url,
  variants: config.variants,
  maxUploadMiB,
  multipartThresholdMiB: config.multipartThresholdMiB,
  expirySeconds,
  auth: config.auth,
  allowedOrigins,
  throttle: config.apiThrottle,
  logLevel,
  logRetentionDays,
});

if (config.page) {
  new WebPage("page", {
    bucket: outputs.bucket,
    apiUrl: api.url,
    uploads: uploads.bucket,
    maxUploadMiB,
    signIn: config.page === true && config.auth.kind === "jwt" ? config.auth : undefined,
  });
}

topicTracing("topics", { topicArns: [events.topic.arn, conversions.topic.arn], accountId });
const { releaseAlarms } = new Monitoring("monitoring", {
  subscribers: config.alarms,
  accountId,
  region: config.region,
  converters,
  uploadApi: api,
  undeliveredNotifications: notifications?.undelivered,
  distribution: cdn.distribution,
});

const release = new Release("release", {
  functions: [...converters, api].map(({ name, function: released }) => ({
    name,
    function: released,
    alarms: releaseAlarms[name] ?? [],
  })),
  deployment: config.deployment,
  accountId,
  uploads: uploads.bucket,
  outputs: outputs.bucket,
  keyArn: keys?.storage.arn,
  variants: config.variants,
  logLevel,
  logRetentionDays,
});

export const apiUrl = api.url;
export const cdnUrl = cdn.url;
export const uploadsBucket = uploads.bucket.bucket;
export const outputsBucket = outputs.bucket.bucket;
export const uploadsTopicArn = events.topic.arn;
export const conversionsTopicArn = conversions.topic.arn;
export const { region, auth, variants } = config;
export const queues = Object.fromEntries(converters.map(({ name, queue }) => [name, queue.addresses]));
export const releasePlan = release.plan;
