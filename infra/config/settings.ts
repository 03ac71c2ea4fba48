import * as v from "valibot";
import { anyText, flag, integer, list, object, oneOf, text } from "../../contract/option-schemas.ts";
import { alarms } from "./alarms.ts";
import { deployment } from "./deployment.ts";
import { hardening } from "./hardening.ts";
import { notify } from "./notify.ts";
import type { VariantDeclarations } from "./variants.ts";

const count = (least: number, most: number) => integer(least, most);
const days = count(1, 3_650);

/**
 * The largest upload that fits, with room to spare, on the local disk of the function that converts it:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html.
 */
const maxUploadMiB = 10_000;
/** The most that S3 accepts in one PUT, https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html. */
const maxPutMiB = 5_120;

/** An origin as browsers send it: no path, no trailing slash. */
const origin = text(/^https?:\/\/[^/*\s]+$/, "an origin such as https://www.example.com");

/** The periods that CloudWatch Logs accepts, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const iam = object({ kind: v.literal("iam") });
const jwt = object({
  kind: v.literal("jwt"),
  issuer: text(/^https:\/\/\S+$/, "an https URL"),
  audience: v.pipe(list(anyText), v.minLength(1, "at least one audience")),
  /** The page's client id at the issuer. */
  clientId: v.optional(text(/^\S+$/, "an OAuth client id")),
  /** The origin of the issuer's token endpoint, if it differs from the issuer's. */
  tokenOrigin: v.optional(text(/^https:\/\/[^/*\s]+$/, "an https origin such as https://login.example.com")),
});

const entries = object({
  /** `parseVariants` checks them, since each converter has its own options. */
  variants: v.optional(v.custom<VariantDeclarations>(() => true)),
  /** Origins whose pages may call the API and upload. */
  allowedOrigins: v.optional(list(origin), []),
  maxUploadMiB: v.optional(count(1, maxUploadMiB), 100),
  /** A larger file is sent in parts. */
  multipartThresholdMiB: v.optional(count(5, maxPutMiB), 64),
  logLevel: v.optional(oneOf(["debug", "info", "warn", "error"]), "info"),
  logRetentionDays: v.optional(oneOf(retentionDays), 30),
  /** Protects buckets and keys from being destroyed. */
  protect: v.optional(flag, false),
  /** Without a number of days, objects are kept for ever. */
  uploadsExpireDays: v.optional(days),
  outputsExpireDays: v.optional(days),
  /** The days in which overwritten and deleted objects can be recovered. */
  noncurrentExpireDays: v.optional(days, 30),
  /** Concurrent invocations of one converter, within the limits of an event source mapping. */
  maximumConcurrency: v.optional(count(2, 1_000), 10),
  /** Concurrent invocations reserved for each converter. */
  reservedConcurrency: v.optional(count(2, 1_000)),
  /** Requests per second: `rate` on average, `burst` at once. */
  apiThrottle: v.optional(object({ rate: count(1, 10_000), burst: count(1, 5_000) }), {
    rate: 50,
    burst: 100,
  }),
  priceClass: v.optional(oneOf(["PriceClass_100", "PriceClass_200", "PriceClass_All"]), "PriceClass_200"),
  auth: v.optional(v.variant("kind", [iam, jwt], '"iam" or "jwt"'), { kind: "iam" }),
  /**
   * The upload page at the root of the CDN. `open` has no sign-in: it works with the local API, which accepts every
   * request, and the deployed API refuses its requests.
   */
  page: v.optional(v.union([flag, v.literal("open")], 'true, false or "open"'), false),
  notify,
  alarms,
  deployment,
  ...hardening,
});

/**
 * Returns the schema of the settings, with their limits and defaults.
 *
 * @param key the prefix of each setting's name in messages: `henkan:` in a stage file, empty for arguments
 */
export const settingsSchema = (key: string) =>
  v.pipe(
    entries,
    v.forward(
      v.check(
        ({ reservedConcurrency = Number.POSITIVE_INFINITY, maximumConcurrency }) =>
          reservedConcurrency >= maximumConcurrency,
        "expected at least maximumConcurrency, so that invocations from the queue are not throttled",
      ),
      ["reservedConcurrency"],
    ),
    v.forward(
      v.check(
        ({ page, auth }) => page !== true || auth.kind === "jwt",
        `needs ${key}auth of kind jwt, since a browser has no IAM credentials to sign requests with`,
      ),
      ["page"],
    ),
    v.forward(
      v.check(
        ({ page, auth }) => page !== true || auth.kind !== "jwt" || auth.clientId !== undefined,
        `needs clientId in ${key}auth, the id of the page's client at the issuer`,
      ),
      ["page"],
    ),
    v.forward(
      v.check(
        ({ page, signedUrls }) => page !== true || signedUrls === undefined,
        `cannot be combined with ${key}signedUrls: the page has no key to sign the links to its previews with`,
      ),
      ["page"],
    ),
  );

export type Settings = v.InferOutput<typeof entries>;
export type Auth = Settings["auth"];
export type Domain = NonNullable<Settings["domain"]>;

const region = text(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region such as eu-central-1");
const accountId = text(/^\d{12}$/, "a 12-digit account id in quotes");

/** The account and region of a pipeline, as arguments. */
export const account = v.object({ accountId, region });

/**
 * The name of a pipeline. AWS allows 64 characters in a function's name, of which `-release-pre-traffic-hook-function`
 * and Pulumi's suffix take 42. The characters and the excluded prefixes are those of bucket names,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.
 */
export const pipelineName = text(
  /^(?!xn--|sthree-|amzn-s3-demo-)[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/,
  "1 to 22 of a-z, 0-9 and -, from a letter to a letter or digit, without S3's prefixes xn--, sthree-, amzn-s3-demo-",
);

/** The provider's keys that a stage file must have. Resource policies name the account, so a stage has one. */
export const provider = v.object({
  region,
  allowedAccountIds: v.strictTuple([accountId], ({ expected }) =>
    expected === "never" ? "only one account" : "a list",
  ),
});
