import type * as aws from "@pulumi/aws";
import { pagePrefix } from "../contract/keys.ts";

/** Only the page is served at the distribution's root; without a page it answers 404 as every unknown path does. */
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
 * Returns the behaviours that serve the page. Uploads have hexadecimal ids, so no output's path matches one.
 *
 * The root is listed in both forms, since AWS does not document which of them selects the behaviour:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html.
 */
export function pageBehaviours(behaviour: Behaviour) {
  return ["/", `/${rootObject}`, `/${assetsPath}/*`].map((pathPattern) => ({
    ...behaviour,
    targetOriginId: "page",
    pathPattern,
  }));
}
