import type * as aws from "@pulumi/aws";
import { pagePrefix } from "../contract/keys.ts";

/** Nobody asks for a distribution's root but for the page; without one it answers 404 as every unknown path does. */
export const rootObject = "index.html";
export const assetsPath = "assets";

type Origin = Omit<aws.types.input.cloudfront.DistributionOrigin, "originId" | "originPath">;
type Behaviour = Omit<
  aws.types.input.cloudfront.DistributionOrderedCacheBehavior,
  "pathPattern" | "targetOriginId"
>;

/** The page's origin, which shares its bucket with the outputs. */
export function pageOrigin(bucket: Origin) {
  return { ...bucket, originId: "page", originPath: `/${pagePrefix}` };
}

/**
 * Where the page is served. Uploads have hexadecimal ids, so that no output's path is among these.
 *
 * The root stands here in both forms, since AWS does not say which of them chooses the behaviour:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html.
 */
export function pageBehaviours(behaviour: Behaviour) {
  return ["/", `/${rootObject}`, `/${assetsPath}/*`].map((pathPattern) => ({
    ...behaviour,
    targetOriginId: "page",
    pathPattern,
  }));
}
