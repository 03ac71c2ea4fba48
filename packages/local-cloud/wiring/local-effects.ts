import type { Graph } from "../graph.ts";
import type { EmulatedTypes } from "./declared.ts";

/** A Record rather than a list, so that the compiler asks for every type of `EmulatedTypes`. */
const emulated: Record<keyof EmulatedTypes, true> = {
  "aws:apigatewayv2/api:Api": true,
  "aws:apigatewayv2/integration:Integration": true,
  "aws:apigatewayv2/route:Route": true,
  "aws:cloudfront/cachePolicy:CachePolicy": true,
  "aws:cloudfront/distribution:Distribution": true,
  "aws:cloudfront/keyGroup:KeyGroup": true,
  "aws:cloudfront/publicKey:PublicKey": true,
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": true,
  "aws:iam/role:Role": true,
  "aws:iam/rolePolicy:RolePolicy": true,
  "aws:lambda/alias:Alias": true,
  "aws:lambda/eventSourceMapping:EventSourceMapping": true,
  "aws:lambda/function:Function": true,
  "aws:lambda/layerVersion:LayerVersion": true,
  "aws:lambda/permission:Permission": true,
  "aws:s3/bucket:Bucket": true,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": true,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": true,
  "aws:s3/bucketNotification:BucketNotification": true,
  "aws:s3/bucketObjectv2:BucketObjectv2": true,
  "aws:s3/bucketPolicy:BucketPolicy": true,
  "aws:sns/topic:Topic": true,
  "aws:sns/topicPolicy:TopicPolicy": true,
  "aws:sns/topicSubscription:TopicSubscription": true,
  "aws:sqs/queue:Queue": true,
  "aws:sqs/queuePolicy:QueuePolicy": true,
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": true,
};

/** Types that are checked by nothing here, each with the reason. */
const withoutLocalEffect: Readonly<Record<string, string>> = {
  "aws:apigatewayv2/authorizer:Authorizer": "the local API is open, on loopback only",
  "aws:apigatewayv2/stage:Stage": "no throttling and no access log on a laptop",
  "aws:cloudfront/originAccessControl:OriginAccessControl":
    "the bucket policy's statement is what is enforced",
  "aws:cloudwatch/dashboard:Dashboard": "there are no metrics to show: they stay in the function log",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "nobody evaluates metrics here: they stay in the function log",
  "aws:cloudwatch/logDelivery:LogDelivery": "the CDN writes no access log here",
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": "the CDN writes no access log here",
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": "the CDN writes no access log here",
  "aws:cloudwatch/logGroup:LogGroup": "function logs go to the terminal",
  "aws:codedeploy/application:Application": "nothing shifts traffic here",
  "aws:codedeploy/deploymentGroup:DeploymentGroup": "an alias serves the newest version at once",
  "aws:kms/key:Key": "objects and messages lie unencrypted in the data folder",
  "aws:kms/keyPolicy:KeyPolicy": "nothing is encrypted here, so nothing asks for a key",
  "aws:route53/record:Record": "the CDN answers on loopback, whatever its domain",
  "aws:s3/bucketLogging:BucketLogging": "the S3 endpoint writes no access log",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "there are no ACLs here",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "there is no anonymous access here",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    "objects lie unencrypted in the data folder",
  "aws:s3/bucketVersioning:BucketVersioning": "no versions are kept",
  "aws:xray/resourcePolicy:ResourcePolicy": "nothing is traced here",
  "aws:wafv2/webAcl:WebAcl": "nobody attacks loopback",
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "the firewall is not brought up",
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
      "Emulate them in local/, or list their types in packages/local-cloud/wiring/local-effects.ts with the reason why they have no effect here.",
  );
}
