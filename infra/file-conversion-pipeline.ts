import * as pulumi from "@pulumi/pulumi";
import type { QueueAddresses, ReleasePlan } from "../contract/stack-outputs.ts";
import type { DeclaredVariant } from "../contract/variant.ts";
import { AccessLogs } from "./access-logs.ts";
import { isOfAnotherAccount } from "./config/notify.ts";
import { pipelineConfig } from "./config/pipeline-config.ts";
import type { Auth } from "./config/settings.ts";
import { ConversionsTopic } from "./conversions-topic.ts";
import { converters } from "./converters.ts";
import { delivery } from "./delivery.ts";
import { encryptionKeys } from "./encryption-key.ts";
import type { FileConversionPipelineArgs } from "./file-conversion-pipeline-args.ts";
import { Monitoring } from "./monitoring.ts";
import { Notifications } from "./notifications.ts";
import { OutputBucket } from "./output-bucket.ts";
import { Release } from "./release.ts";
import type { StageContext } from "./stage.ts";
import { topicTracing } from "./tracing.ts";
import { UploadApi } from "./upload-api.ts";
import { UploadBucket } from "./upload-bucket.ts";
import { UploadEvents } from "./upload-events.ts";
import { WebPage } from "./web-page.ts";

export type { FileConversionPipelineArgs } from "./file-conversion-pipeline-args.ts";

/** How long presigned URLs are valid, in seconds: for one PUT, and for all parts of a large file. */
const expirySeconds = { put: 5 * 60, multipart: 2 * 60 * 60 };

/**
 * A serverless file-conversion pipeline: clients upload files by presigned URL, functions convert each into the declared
 * variants, and a CDN serves them.
 *
 * A stack may hold several pipelines. Each has a name of its own: 1 to 22 of a-z, 0-9 and -, from a letter to a letter
 * or digit, since AWS limits the names of functions and buckets. Run `npm run build` before a deployment.
 *
 * @throws {ConfigError} listing every mistake in the arguments, each with its name, the value and what is allowed
 * @example
 * ```ts
 * import { FileConversionPipeline } from "./infra/file-conversion-pipeline.ts";
 *
 * const files = new FileConversionPipeline("files", {
 *   accountId: "111111111111",
 *   region: "eu-central-1",
 *   variants: { thumbnail: { converter: "resize", width: 300 } },
 * });
 * export const { apiUrl, cdnUrl } = files;
 * ```
 */
export class FileConversionPipeline extends pulumi.ComponentResource {
  /** The base URL of the upload API. */
  readonly apiUrl: pulumi.Output<string>;
  /** The base URL of the CDN. */
  readonly cdnUrl: pulumi.Output<string>;
  /** The name of the bucket that clients upload to. */
  readonly uploadsBucket: pulumi.Output<string>;
  /** The name of the bucket of outputs and receipts. */
  readonly outputsBucket: pulumi.Output<string>;
  /** The ARN of the topic on which S3 announces each upload. */
  readonly uploadsTopicArn: pulumi.Output<string>;
  /** The ARN of the topic of completion events. */
  readonly conversionsTopicArn: pulumi.Output<string>;
  /** The region, as the arguments name it. */
  readonly region: string;
  /** How the upload API authorises requests. */
  readonly auth: Auth;
  /** The declared variants, with their options complete. */
  readonly variants: readonly DeclaredVariant[];
  /** The addresses of the converters' queues, by converter. */
  readonly queues: Readonly<Record<string, pulumi.Output<QueueAddresses>>>;
  /** The names by which `npm run deploy` shifts traffic: the application, the hook, and each function with its alias. */
  readonly releasePlan: pulumi.Output<ReleasePlan>;

  constructor(name: string, args: FileConversionPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:index:FileConversionPipeline", name, {}, opts);
    const config = pipelineConfig(name, args);
    const child = { parent: this };
    const keys = config.kms ? encryptionKeys(name, config, child) : undefined;
    const stage: StageContext = { ...config, keys };

    // Storage and delivery: the bucket of outputs, and the CDN in front of it.
    const outputs = new OutputBucket(
      `${name}-outputs`,
      { stage, expireDays: config.outputsExpireDays },
      child,
    ).bucket;
    const physicalName = shortened(outputs.bucket);
    const cdn = delivery(`${name}-cdn`, { stage, config, bucket: outputs, physicalName }, child);
    const allowedOrigins = config.page ? [...config.allowedOrigins, cdn.url] : config.allowedOrigins;
    const uploads = new UploadBucket(
      `${name}-uploads`,
      { stage, expireDays: config.uploadsExpireDays, allowedOrigins, expirySeconds },
      child,
    ).bucket;
    const buckets = { uploads, outputs };
    if (config.accessLogs) {
      new AccessLogs(`${name}-access-logs`, { stage, buckets, distribution: cdn.distribution }, child);
    }

    // Events: each upload, and each finished variant.
    const events = new UploadEvents(`${name}-uploads`, { stage, bucket: uploads }, child);
    const { others = [], own = [] } = Object.groupBy(config.notify, (subscription) =>
      isOfAnotherAccount(subscription, stage.accountId) ? "others" : "own",
    );
    const queuesOfOtherAccounts = others.flatMap(({ queue }) => queue ?? []);
    const conversions = new ConversionsTopic(`${name}-conversions`, { stage, queuesOfOtherAccounts }, child)
      .topic;
    const notifications =
      own.length > 0
        ? new Notifications(`${name}-notify`, { stage, topicArn: conversions.arn, subscriptions: own }, child)
        : undefined;

    // The API: clients announce uploads and ask for their state.
    const api = new UploadApi(
      `${name}-upload-api`,
      {
        ...config,
        ...buckets,
        stage,
        allowedOrigins,
        expirySeconds,
        cdnUrl: cdn.url,
        throttle: config.apiThrottle,
      },
      child,
    );
    if (config.page) {
      const signIn = config.page === true && config.auth.kind === "jwt" ? config.auth : undefined;
      const { maxUploadMiB } = config;
      new WebPage(`${name}-page`, { bucket: outputs, apiUrl: api.url, uploads, maxUploadMiB, signIn }, child);
    }

    // Conversion: a queue and a function for each converter in use.
    const inUse = converters(
      name,
      { ...buckets, stage, config, physicalName, uploadsTopic: events.topic, conversions, cdnUrl: cdn.url },
      child,
    );

    // Operations: traces, alarms, and the gradual release of new versions.
    topicTracing(
      `${name}-topics`,
      { topics: [events.topic, conversions], accountId: stage.accountId, physicalName },
      child,
    );
    const { releaseAlarms } = new Monitoring(
      name,
      {
        stage,
        dashboardName: physicalName,
        subscribers: config.alarms,
        converters: inUse,
        uploadApi: api,
        undeliveredNotifications: notifications?.undelivered,
        distribution: cdn.distribution,
      },
      child,
    );
    const released = [...inUse, { name: "upload-api", function: api.function }].map((each) => ({
      ...each,
      alarms: releaseAlarms[each.name] ?? [],
    }));
    const release = new Release(
      `${name}-release`,
      { ...buckets, stage, functions: released, deployment: config.deployment, variants: config.variants },
      child,
    );

    // Last, each key gets its one policy; only then can S3 announce uploads under a key.
    keys?.storage.admit(cdn.keyStatements(keys.storage.arn));
    const messagesPolicy = keys?.messages.admit([
      ...events.keyStatements(keys.messages.arn),
      ...(notifications?.keyStatements(keys.messages.arn) ?? []),
    ]);
    events.start(messagesPolicy);

    this.apiUrl = api.url;
    this.cdnUrl = cdn.url;
    this.uploadsBucket = uploads.bucket;
    this.outputsBucket = outputs.bucket;
    this.uploadsTopicArn = events.topic.arn;
    this.conversionsTopicArn = conversions.arn;
    this.region = stage.region;
    this.auth = config.auth;
    this.variants = config.variants;
    this.queues = Object.fromEntries(inUse.map(({ name: converter, queue }) => [converter, queue.addresses]));
    this.releasePlan = release.plan;
    this.registerOutputs({ apiUrl: this.apiUrl, cdnUrl: this.cdnUrl });
  }
}

/**
 * Returns a name such as `files-1a2b3c4` for resources that cannot be auto-named. Its end is the random suffix of the
 * bucket's name, so it differs between pipelines.
 */
function shortened(bucket: pulumi.Output<string>): pulumi.Output<string> {
  return bucket.apply((auto) => auto.replace("-outputs-bucket-", "-"));
}
