import { wildcard } from "../wildcard.ts";
import type { TrustedKeys } from "./signed-urls.ts";

/** The settings of `aws.cloudfront.Distribution` and its policies that the local CDN follows. */
export interface DistributionSettings {
  /** The object that answers a request for `/`, for example `index.html`. */
  readonly defaultRootObject?: string | undefined;
  readonly defaultBehavior: Behavior;
  /** In order of precedence. */
  readonly orderedBehaviors: readonly (Behavior & { readonly pathPattern: string })[];
  readonly customErrors: readonly CustomError[];
}

/** A cache behaviour: how the CDN answers the requests for some paths. */
export interface Behavior {
  readonly originId: string;
  readonly allowedMethods: readonly string[];
  readonly ttl: CacheTtl;
  /** The headers that the response headers policy adds. */
  readonly headers: Readonly<Record<string, string>>;
  /** When present, only URLs that are signed with one of these keys are served. */
  readonly trustedKeys?: TrustedKeys | undefined;
}

/** Times to live in seconds, from `aws.cloudfront.CachePolicy`. */
export interface CacheTtl {
  readonly min: number;
  readonly default: number;
  readonly max: number;
}

/** The page that replaces an error of the origin. */
export interface CustomError {
  readonly errorCode: number;
  readonly responseCode: number;
  readonly responsePagePath: string;
  /** Seconds. */
  readonly errorCachingMinTtl: number;
}

/** Returns the first behaviour whose path pattern matches. Patterns are case-sensitive and may contain `*` and `?`. */
export function behaviorFor(
  { orderedBehaviors, defaultBehavior }: DistributionSettings,
  path: string,
): Behavior {
  const withSlash = (pattern: string) => pattern.replace(/^\/?/, "/");
  return (
    orderedBehaviors.find(({ pathPattern }) => wildcard(withSlash(pathPattern))(path)) ?? defaultBehavior
  );
}

/**
 * Returns the time in seconds for which a response may be cached: that of its Cache-Control, within the bounds of
 * `ttl`.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html.
 */
export function secondsToCache(cacheControl: string | undefined, ttl: CacheTtl): number {
  if (!cacheControl) return ttl.default;
  if (/\b(no-store|no-cache|private)\b/.test(cacheControl)) return ttl.min;
  const age = /\bs-maxage=(\d+)/.exec(cacheControl) ?? /\bmax-age=(\d+)/.exec(cacheControl);
  return age ? Math.min(Math.max(Number(age[1]), ttl.min), ttl.max) : ttl.default;
}
