import type { Graph } from "../graph.ts";
import type { EmulatedTypes } from "./declared.ts";

/** A Record rather than a list, so that the compiler asks for every type of `EmulatedTypes`. */
const emulated: Record<keyof EmulatedTypes, true> = {
  "aws:apigatewayv2/api:Api": true,
  "aws:apigatewayv2/integration:Integration": true,
  "aws:apigatewayv2/route:Route": true,
  "aws:cloudfront/cachePolicy:CachePolicy": true,
  "aws:cloudfront/distribution:Distribution": true,
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": true,
  "aws:lambda/alias:Alias": true,
  "aws:lambda/eventSourceMapping:EventSourceMapping": true,
  "aws:lambda/function:Function": true,
  "aws:lambda/layerVersion:LayerVersion": true,
  "aws:s3/bucket:Bucket": true,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": true,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": true,
  "aws:s3/bucketNotification:BucketNotification": true,
  "aws:s3/bucketObjectv2:BucketObjectv2": true,
  "aws:s3/bucketPolicy:BucketPolicy": true,
  "aws:sns/topic:Topic": true,
  "aws:sns/topicSubscription:TopicSubscription": true,
  "aws:sqs/queue:Queue": true,
};

/** Types that are checked by nothing here, each with the reason. */
export const withoutLocalEffect: Readonly<Record<string, string>> = {
  "aws:apigatewayv2/authorizer:Authorizer": "the local API is open, on loopback only",
  "aws:apigatewayv2/stage:Stage": "no throttling and no access log on a laptop",
  "aws:cloudfront/originAccessControl:OriginAccessControl":
    "the bucket policy's statement is what is enforced",
  "aws:cloudwatch/logGroup:LogGroup": "function logs go to the terminal",
  "aws:iam/role:Role": "each function has credentials of its own; its permissions are not evaluated yet",
  "aws:iam/rolePolicy:RolePolicy": "identity policies are not evaluated yet",
  "aws:lambda/permission:Permission": "resource policies of functions are not evaluated yet",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "there are no ACLs here",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "there is no anonymous access here",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    "objects lie unencrypted in the data folder",
  "aws:s3/bucketVersioning:BucketVersioning": "no versions are kept",
  "aws:sns/topicPolicy:TopicPolicy": "resource policies of topics are not evaluated yet",
  "aws:sqs/queuePolicy:QueuePolicy": "resource policies of queues are not evaluated yet",
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": "resource policies of queues are not evaluated yet",
};

/** @throws naming every resource whose type the local cloud would otherwise leave out in silence. */
export function assertAllKnown(graph: Graph): void {
  const unknown = graph.resources.filter(
    ({ type }) => !Object.hasOwn(emulated, type) && !Object.hasOwn(withoutLocalEffect, type),
  );
  if (unknown.length === 0) return;
  const names = unknown.map(({ type, name }) => `  ${type} "${name}"`).join("\n");
  throw new Error(
    `The local cloud does not know these resources:\n${names}\n` +
      "Emulate them in local/, or list their types in local/wiring/local-effects.ts with the reason why they have no effect here.",
  );
}
