import type * as aws from "@pulumi/aws";
import type { Unwrap } from "@pulumi/pulumi";
import type { Graph, GraphResource } from "../graph.ts";

/** Inputs of every resource type that the local cloud brings up. */
export interface EmulatedTypes {
  "aws:apigatewayv2/api:Api": aws.apigatewayv2.ApiArgs;
  "aws:apigatewayv2/integration:Integration": aws.apigatewayv2.IntegrationArgs;
  "aws:apigatewayv2/route:Route": aws.apigatewayv2.RouteArgs;
  "aws:cloudfront/cachePolicy:CachePolicy": aws.cloudfront.CachePolicyArgs;
  "aws:cloudfront/distribution:Distribution": aws.cloudfront.DistributionArgs;
  "aws:cloudfront/keyGroup:KeyGroup": aws.cloudfront.KeyGroupArgs;
  "aws:cloudfront/publicKey:PublicKey": aws.cloudfront.PublicKeyArgs;
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": aws.cloudfront.ResponseHeadersPolicyArgs;
  "aws:iam/role:Role": aws.iam.RoleArgs;
  "aws:iam/rolePolicy:RolePolicy": aws.iam.RolePolicyArgs;
  "aws:lambda/alias:Alias": aws.lambda.AliasArgs;
  "aws:lambda/eventSourceMapping:EventSourceMapping": aws.lambda.EventSourceMappingArgs;
  "aws:lambda/function:Function": aws.lambda.FunctionArgs;
  "aws:lambda/layerVersion:LayerVersion": aws.lambda.LayerVersionArgs;
  "aws:lambda/permission:Permission": aws.lambda.PermissionArgs;
  "aws:s3/bucket:Bucket": aws.s3.BucketArgs;
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": aws.s3.BucketCorsConfigurationArgs;
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": aws.s3.BucketLifecycleConfigurationArgs;
  "aws:s3/bucketNotification:BucketNotification": aws.s3.BucketNotificationArgs;
  "aws:s3/bucketObjectv2:BucketObjectv2": aws.s3.BucketObjectv2Args;
  "aws:s3/bucketPolicy:BucketPolicy": aws.s3.BucketPolicyArgs;
  "aws:sns/topic:Topic": aws.sns.TopicArgs;
  "aws:sns/topicPolicy:TopicPolicy": aws.sns.TopicPolicyArgs;
  "aws:sns/topicSubscription:TopicSubscription": aws.sns.TopicSubscriptionArgs;
  "aws:sqs/queue:Queue": aws.sqs.QueueArgs;
  "aws:sqs/queuePolicy:QueuePolicy": aws.sqs.QueuePolicyArgs;
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": aws.sqs.RedriveAllowPolicyArgs;
}

/** A declared resource whose inputs have the type its Pulumi class takes, resolved. */
export interface Declared<Type extends keyof EmulatedTypes> {
  readonly name: string;
  readonly id: string;
  readonly inputs: Unwrap<EmulatedTypes[Type]>;
  /** A computed output, for example `arn`. */
  output(property: string): string;
}

/** All resources of one type, in the order of their declaration. */
export function declared<Type extends keyof EmulatedTypes>(graph: Graph, type: Type): Declared<Type>[] {
  return graph.resources
    .filter((resource) => resource.type === type)
    .map((resource) => ({
      name: resource.name,
      id: resource.id,
      inputs: resource.inputs as Declared<Type>["inputs"],
      output: (property) => outputOf(resource, property),
    }));
}

/** @throws when the program declares none or several. */
export function theOnly<Type extends keyof EmulatedTypes>(graph: Graph, type: Type): Declared<Type> {
  const [only, ...others] = declared(graph, type);
  if (!only || others.length > 0) {
    throw new Error(
      `The local cloud serves exactly one ${type}, the program declares ${others.length + (only ? 1 : 0)}`,
    );
  }
  return only;
}

function outputOf(resource: GraphResource, property: string): string {
  const value = resource.attributes[property];
  if (typeof value !== "string")
    throw new Error(`${resource.name} (${resource.type}) has no output ${property}`);
  return value;
}
