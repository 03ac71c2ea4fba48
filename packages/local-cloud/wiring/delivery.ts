import type { Behavior, DistributionSettings } from "../cdn/distribution.ts";
import { headersOf, type ResponseHeadersPolicy } from "../cdn/headers-policy.ts";
import type { Origin } from "../cdn/server.ts";
import { ProgramError } from "../errors.ts";
import type { Declared, Graph } from "../graph.ts";
import type { Permissions } from "../iam/permissions.ts";
import type { ObjectStore } from "../s3/object-store.ts";
import type { StoredObject } from "../s3/stored-object.ts";
import { trustedKeys } from "./trusted-keys.ts";

/** A declared distribution. */
export type Distribution = Declared<"aws:cloudfront/distribution:Distribution">;
type BehaviorInputs = Pick<
  Distribution["inputs"]["defaultCacheBehavior"],
  "targetOriginId" | "allowedMethods" | "cachePolicyId" | "responseHeadersPolicyId" | "trustedKeyGroups"
>;

/**
 * Returns the settings of one declared distribution.
 *
 * @throws {ProgramError} when a behaviour's cache policy or key group is not declared
 */
export function distributionSettings(graph: Graph, { inputs }: Distribution): DistributionSettings {
  return {
    defaultRootObject: inputs.defaultRootObject,
    defaultBehavior: behaviorOf(graph, inputs.defaultCacheBehavior),
    orderedBehaviors: (inputs.orderedCacheBehaviors ?? []).map((behavior) => ({
      ...behaviorOf(graph, behavior),
      pathPattern: behavior.pathPattern,
    })),
    customErrors: (inputs.customErrorResponses ?? []).map(
      ({ errorCode, responseCode = errorCode, responsePagePath = "", errorCachingMinTtl = 10 }) => ({
        errorCode,
        responseCode,
        responsePagePath,
        errorCachingMinTtl,
      }),
    ),
  };
}

/**
 * Returns the distribution's origins by their ids: buckets, as far as their policies let this distribution read them.
 *
 * @throws {ProgramError} when an origin is not a declared bucket
 */
export function distributionOrigins(
  graph: Graph,
  distribution: Distribution,
  store: ObjectStore,
  permissions: Permissions,
): Readonly<Record<string, Origin>> {
  return Object.fromEntries(
    distribution.inputs.origins.map((origin) => [
      origin.originId,
      bucketOrigin(graph, store, permissions, distribution, origin),
    ]),
  );
}

function bucketOrigin(
  graph: Graph,
  store: ObjectStore,
  permissions: Permissions,
  distribution: Distribution,
  { domainName, originPath = "" }: Distribution["inputs"]["origins"][number],
): Origin {
  const bucket = graph.behind(domainName, "aws:s3/bucket:Bucket");
  const bucketName = bucket.output("bucket");
  const mayRead = (key: string) =>
    permissions.allows({
      principal: "cloudfront.amazonaws.com",
      action: "s3:GetObject",
      resource: `${bucket.output("arn")}/${key}`,
      sourceArn: distribution.output("arn"),
      sourceAccount: graph.accountId,
    });
  return (path) => {
    const key = `${originPath}${path}`.replace(/^\//, "");
    const object = mayRead(key) ? store.head(bucketName, key) : undefined;
    return (
      object && {
        bytes: object.bytes,
        headers: headersOfObject(object),
        read: (range) => store.read(object, range),
      }
    );
  };
}

function behaviorOf(graph: Graph, behavior: BehaviorInputs): Behavior {
  const cachePolicy = graph.byId("aws:cloudfront/cachePolicy:CachePolicy", behavior.cachePolicyId);
  if (!cachePolicy)
    throw new ProgramError(`The local CDN needs a declared cache policy, not ${behavior.cachePolicyId}`);
  const headersPolicy = graph.byId(
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    behavior.responseHeadersPolicyId,
  );
  const { minTtl = 0, defaultTtl = 86_400, maxTtl = 31_536_000 } = cachePolicy.inputs;
  return {
    originId: behavior.targetOriginId,
    allowedMethods: behavior.allowedMethods,
    ttl: { min: minTtl, default: defaultTtl, max: maxTtl },
    headers: headersOf(headersPolicy?.inputs as ResponseHeadersPolicy | undefined),
    trustedKeys: trustedKeys(graph, behavior.trustedKeyGroups),
  };
}

function headersOfObject(object: StoredObject): Record<string, string> {
  return {
    "content-type": object.contentType,
    etag: `"${object.etag}"`,
    "last-modified": object.lastModified.toUTCString(),
    ...(object.cacheControl && { "cache-control": object.cacheControl }),
    ...(object.contentDisposition && { "content-disposition": object.contentDisposition }),
    ...(object.contentEncoding && { "content-encoding": object.contentEncoding }),
  };
}
