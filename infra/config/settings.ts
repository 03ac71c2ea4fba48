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
 * Of one upload: what fits, with room to spare, on the local disk of the function that converts it,
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html.
 */
const maxUploadMiB = 10_000;
/** The most that S3 takes in one PUT, https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html. */
const maxPutMiB = 5_120;

/** An origin as browsers send it: no path, no trailing slash. */
const origin = text(/^https?:\/\/[^/*\s]+$/, "an origin such as https://www.example.com");

/** Periods CloudWatch Logs accepts, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const iam = object({ kind: v.literal("iam") });
const jwt = object({
  kind: v.literal("jwt"),
  issuer: text(/^https:\/\/\S+$/, "an https URL"),
  audience: v.pipe(list(anyText), v.minLength(1, "at least one audience")),
  /** The client that the page is, at the issuer. */
  clientId: v.optional(text(/^\S+$/, "an OAuth client id")),
  /** Of the issuer's token endpoint, where it is not the issuer's own. */
  tokenOrigin: v.optional(text(/^https:\/\/[^/*\s]+$/, "an https origin such as https://login.example.com")),
});

const entries = object({
  /** Checked by `parseVariants`, since each converter knows its options. */
  variants: v.optional(v.custom<VariantDeclarations>(() => true)),
  /** Origins whose pages may call the API and upload. */
  allowedOrigins: v.optional(list(origin), []),
  maxUploadMiB: v.optional(count(1, maxUploadMiB), 100),
  /** A larger file is sent in parts: none, when no upload may be larger. */
  multipartThresholdMiB: v.optional(count(5, maxPutMiB), 64),
  logLevel: v.optional(oneOf(["debug", "info", "warn", "error"]), "info"),
  logRetentionDays: v.optional(oneOf(retentionDays), 30),
  /** Buckets cannot be destroyed, neither by Pulumi nor with objects in them. */
  protect: v.optional(flag, false),
  /** Objects are kept for ever when absent. */
  uploadsExpireDays: v.optional(days),
  outputsExpireDays: v.optional(days),
  /** Overwritten and deleted versions can be recovered for so long. */
  noncurrentExpireDays: v.optional(days, 30),
  /** Invocations of one converter at a time; the limits are the event source mapping's. */
  maximumConcurrency: v.optional(count(2, 1_000), 10),
  /** Concurrency set aside for each converter; none when absent. */
  reservedConcurrency: v.optional(count(2, 1_000)),
  /** Requests per second, steady and at once. */
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
 * The settings, their limits and their defaults.
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
        `needs ${key}auth of kind jwt, since people in a browser have no IAM credentials to sign requests with`,
      ),
      ["page"],
    ),
    v.forward(
      v.check(
        ({ page, auth }) => page !== true || auth.kind !== "jwt" || auth.clientId !== undefined,
        `needs clientId in ${key}auth, the client as which the page signs people in`,
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
 * A pipeline's name. The shortest limit holds: AWS allows a function 64 characters, and `-release-pre-traffic-hook-function`
 * and Pulumi's suffix of 8 take 42 of them. The alphabet is that of bucket names.
 */
export const pipelineName = text(
  /^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/,
  "1 to 22 of a-z, 0-9 and -, from a letter to a letter or digit",
);

/** The provider's keys that a stage file must have. Resource policies name the account, so a stage has exactly one. */
export const provider = v.object({
  region,
  allowedAccountIds: v.strictTuple([accountId], ({ expected }) =>
    expected === "never" ? "nothing here" : "a list",
  ),
});
