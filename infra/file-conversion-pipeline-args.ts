import type { Deployment } from "./config/deployment.ts";
import type { VariantDeclarations } from "./config/variants.ts";

/** The settings of a pipeline. A stage file has the same ones as keys of `henkan:`, except the account and the region. */
export interface FileConversionPipelineArgs {
  /** The id of the account, 12 digits. A preview does not ask AWS for it. */
  readonly accountId: string;
  /** The region of the pipeline, such as `eu-central-1`. It must be the region of the provider. */
  readonly region: string;
  /**
   * The variants by their names: for each, its converter and the converter's options.
   * @default `thumbnail` (300×300 pixels, inside), `jpg` and `archive`
   */
  readonly variants?: VariantDeclarations | undefined;
  /**
   * Origins whose pages may call the API and upload, such as `https://www.example.com`.
   * @default none
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * The largest upload, in MiB, 1 to 10000.
   * @default 100
   */
  readonly maxUploadMiB?: number | undefined;
  /**
   * The size in MiB, 5 to 5120, above which a file is sent in parts.
   * @default 64
   */
  readonly multipartThresholdMiB?: number | undefined;
  /**
   * The lowest level of the functions' own log lines that CloudWatch Logs keeps.
   * @default "info"
   */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | undefined;
  /**
   * How long logs are kept, in days: one of the periods that CloudWatch Logs accepts.
   * @default 30
   */
  readonly logRetentionDays?: number | undefined;
  /**
   * Protects buckets and keys from being destroyed.
   * @default false
   */
  readonly protect?: boolean | undefined;
  /**
   * How long uploads are kept, in days, 1 to 3650.
   * @default for ever
   */
  readonly uploadsExpireDays?: number | undefined;
  /**
   * How long outputs and receipts are kept, in days, 1 to 3650.
   * @default for ever
   */
  readonly outputsExpireDays?: number | undefined;
  /**
   * How long overwritten and deleted objects can be recovered, in days, 1 to 3650.
   * @default 30
   */
  readonly noncurrentExpireDays?: number | undefined;
  /**
   * The most invocations of one converter at the same time, 2 to 1000.
   * @default 10
   */
  readonly maximumConcurrency?: number | undefined;
  /**
   * Concurrent invocations reserved for each converter, 2 to 1000, at least `maximumConcurrency`.
   * @default none
   */
  readonly reservedConcurrency?: number | undefined;
  /**
   * Requests per second that the API answers: `rate` on average, `burst` at once.
   * @default { rate: 50, burst: 100 }
   */
  readonly apiThrottle?: { readonly rate: number; readonly burst: number } | undefined;
  /**
   * The price class of the CDN, which decides the edge locations that serve.
   * @default "PriceClass_200"
   */
  readonly priceClass?: "PriceClass_100" | "PriceClass_200" | "PriceClass_All" | undefined;
  /**
   * How the API authorises requests: by IAM, or by JSON Web Tokens of an issuer. A page needs `clientId`, its client at
   * the issuer, and `tokenOrigin` when the issuer's token endpoint has another origin.
   * @default { kind: "iam" }
   */
  readonly auth?:
    | { readonly kind: "iam" }
    | {
        readonly kind: "jwt";
        readonly issuer: string;
        readonly audience: readonly string[];
        readonly clientId?: string | undefined;
        readonly tokenOrigin?: string | undefined;
      }
    | undefined;
  /**
   * Serves an upload page at the root of the CDN. `true` needs `auth` of kind `jwt` with `clientId`. `"open"` has no
   * sign-in: it works with the local API, which accepts every request, and the deployed API refuses its requests.
   * @default false
   */
  readonly page?: boolean | "open" | undefined;
  /**
   * Subscriptions to completion events, each with one of `email`, `https` and `queue` (an ARN), and filters.
   * @default none
   */
  readonly notify?: readonly NotifyDeclaration[] | undefined;
  /**
   * The subscribers of alarms: e-mail addresses, and web hooks that confirm SNS subscriptions.
   * @default none; CloudWatch shows the alarms
   */
  readonly alarms?:
    | { readonly email?: readonly string[] | undefined; readonly https?: readonly string[] | undefined }
    | undefined;
  /**
   * How fast a new version gets its traffic: the name of one of CodeDeploy's configurations for Lambda, without the prefix
   * `CodeDeployDefault.Lambda`.
   * @default "Canary10Percent5Minutes"
   */
  readonly deployment?: Deployment | undefined;
  /**
   * Puts a web application firewall in front of the CDN.
   * @default false
   */
  readonly waf?: boolean | undefined;
  /**
   * Requests that one IP address may make of the CDN in five minutes, 10 to 2000000000; used with `waf`.
   * @default 10000
   */
  readonly wafRateLimit?: number | undefined;
  /**
   * Encrypts buckets, topics and queues with customer managed keys.
   * @default false
   */
  readonly kms?: boolean | undefined;
  /**
   * Logs every request to S3 and the CDN; the logs are kept for `logRetentionDays`.
   * @default false
   */
  readonly accessLogs?: boolean | undefined;
  /**
   * Makes the CDN serve only URLs that the private key of one of these 1 to 5 public keys (PEM) signed.
   * @default unsigned URLs
   */
  readonly signedUrls?: { readonly publicKeys: readonly string[] } | undefined;
  /**
   * The CDN's own domain, with the ARN of its ACM certificate in us-east-1. With `hostedZoneId`, the pipeline creates
   * the records in Route 53.
   * @default CloudFront's domain
   */
  readonly domain?:
    | {
        readonly name: string;
        readonly certificateArn: string;
        readonly hostedZoneId?: string | undefined;
      }
    | undefined;
}

/**
 * A subscription to completion events: one of `email`, `https` and `queue`, and filters. A filter is an allowed value or a
 * list of them.
 */
export interface NotifyDeclaration {
  readonly email?: string | undefined;
  readonly https?: string | undefined;
  /** The ARN of a standard queue. */
  readonly queue?: string | undefined;
  readonly state?: string | readonly string[] | undefined;
  readonly variant?: string | readonly string[] | undefined;
  readonly converter?: string | readonly string[] | undefined;
  /**
   * Sends the event alone, without SNS's envelope and signature.
   * @default false
   */
  readonly raw?: boolean | undefined;
}
