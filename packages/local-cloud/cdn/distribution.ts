import { wildcard } from "../wildcard.ts";
import type { TrustedKeys } from "./signed-urls.ts";

/** The parts of `aws.cloudfront.Distribution` and its policies that the local CDN acts on. */
export interface DistributionSettings {
  /** What a request for the root gets, for example `index.html`. */
  readonly defaultRootObject?: string | undefined;
  readonly defaultBehavior: Behavior;
  /** In order of precedence. */
  readonly orderedBehaviors: readonly (Behavior & { readonly pathPattern: string })[];
  readonly customErrors: readonly CustomError[];
}

export interface Behavior {
  readonly originId: string;
  readonly allowedMethods: readonly string[];
  readonly ttl: CacheTtl;
  /** Headers that the response-headers policy adds. */
  readonly headers: Readonly<Record<string, string>>;
  /** Only URLs that one of them signed are served; all when absent. */
  readonly trustedKeys?: TrustedKeys | undefined;
}

/** Seconds, as in `aws.cloudfront.CachePolicy`. */
export interface CacheTtl {
  readonly min: number;
  readonly default: number;
  readonly max: number;
}

export interface CustomError {
  readonly errorCode: number;
  readonly responseCode: number;
  readonly responsePagePath: string;
  readonly errorCachingMinTtl: number;
}

/** The behaviour whose path pattern matches first; `*` and `?` are wildcards, matching is case-sensitive. */
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
 * Seconds an origin response may be cached: what its Cache-Control says within the policy's bounds,
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html.
 */
export function secondsToCache(cacheControl: string | undefined, ttl: CacheTtl): number {
  if (!cacheControl) return ttl.default;
  if (/\b(no-store|no-cache|private)\b/.test(cacheControl)) return ttl.min;
  const age = /\bs-maxage=(\d+)/.exec(cacheControl) ?? /\bmax-age=(\d+)/.exec(cacheControl);
  return age ? Math.min(Math.max(Number(age[1]), ttl.min), ttl.max) : ttl.default;
}
