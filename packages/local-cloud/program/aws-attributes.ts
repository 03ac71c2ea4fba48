import { createHash } from "node:crypto";

/** Where and for which stage a program runs. */
export interface Placement {
  readonly project: string;
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
}

/** A resource as the program declared it. */
export interface Declaration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What AWS answers beyond the inputs: the id and the computed attributes. */
export interface Answer {
  readonly id: string;
  readonly [attribute: string]: unknown;
}

/** What an entry of the table below works with. */
interface Context extends Placement {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The name the program gave, or else one that is the same in every run. */
  readonly physicalName: string;
  /** Letters and digits that are the same in every run, for ids that AWS draws. */
  token(length: number): string;
  arn(service: string, resource: string): string;
}

/**
 * The id and computed attributes AWS would give a resource.
 *
 * @throws {Error} for a type that is not known here
 */
export function answer(declaration: Declaration, placement: Placement): Answer {
  const attributes = table[declaration.type];
  if (!attributes) {
    throw new Error(
      `The local cloud does not know the resource type ${declaration.type} (${declaration.name}): ` +
        "add it to packages/local-cloud/program/aws-attributes.ts",
    );
  }
  return attributes(contextOf(declaration, placement));
}

function contextOf({ type, name, inputs }: Declaration, placement: Placement): Context {
  const { project, stage, accountId } = placement;
  const region = typeof inputs.region === "string" ? inputs.region : placement.region;
  const digest = createHash("sha256").update([project, stage, type, name].join("\n")).digest("hex");
  const given = inputs.name ?? inputs.bucket;
  return {
    ...placement,
    region,
    inputs,
    physicalName: typeof given === "string" ? given : `${name}-${digest.slice(0, 7)}`,
    token: (length) => digest.slice(0, length),
    arn: (service, resource) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
  };
}

const table: Readonly<Record<string, (context: Context) => Answer>> = {
  "aws:s3/bucket:Bucket": ({ physicalName: bucket, region }) => ({
    id: bucket,
    bucket,
    arn: `arn:aws:s3:::${bucket}`,
    region,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
  }),
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": ofBucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket,
  "aws:s3/bucketLogging:BucketLogging": ofBucket,
  "aws:s3/bucketNotification:BucketNotification": ofBucket,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket,
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket,
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs }) => ({
    id: `${inputs.bucket}/${inputs.key}`,
    arn: `arn:aws:s3:::${inputs.bucket}/${inputs.key}`,
  }),
  "aws:sns/topic:Topic": ({ physicalName: name, arn }) => ({
    id: arn("sns", name),
    name,
    arn: arn("sns", name),
  }),
  "aws:sns/topicPolicy:TopicPolicy": ({ inputs }) => ({ id: String(inputs.arn) }),
  "aws:sns/topicSubscription:TopicSubscription": ({ inputs, token }) => {
    const arn = `${inputs.topic}:${asUuid(token(32))}`;
    return { id: arn, arn };
  },
  "aws:sqs/queue:Queue": ({ physicalName: name, arn, region, accountId }) => {
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
    return { id: url, name, url, arn: arn("sqs", name) };
  },
  "aws:sqs/queuePolicy:QueuePolicy": ({ inputs }) => ({ id: String(inputs.queueUrl) }),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": ({ inputs }) => ({ id: String(inputs.queueUrl) }),
  "aws:iam/role:Role": ({ physicalName: name, accountId, token }) => ({
    id: name,
    name,
    arn: `arn:aws:iam::${accountId}:role/${name}`,
    uniqueId: `AROA${token(17).toUpperCase()}`,
  }),
  "aws:iam/rolePolicy:RolePolicy": ({ inputs, physicalName: name }) => ({
    id: `${inputs.role}:${name}`,
    name,
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ physicalName: name, arn }) => ({
    id: name,
    name,
    arn: arn("logs", `log-group:${name}`),
  }),
  "aws:cloudwatch/dashboard:Dashboard": ({ inputs, accountId }) => ({
    id: String(inputs.dashboardName),
    dashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${inputs.dashboardName}`,
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ physicalName: name, arn }) => ({
    id: name,
    name,
    arn: arn("cloudwatch", `alarm:${name}`),
  }),
  "aws:xray/resourcePolicy:ResourcePolicy": ({ inputs }) => ({ id: String(inputs.policyName) }),
  "aws:cloudwatch/logDelivery:LogDelivery": ({ token, arn }) => ({
    id: token(16),
    arn: arn("logs", `delivery:${token(16)}`),
  }),
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": ({ physicalName: name, arn }) => ({
    id: name,
    name,
    arn: arn("logs", `delivery-destination:${name}`),
  }),
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": ({ physicalName: name, arn }) => ({
    id: name,
    name,
    arn: arn("logs", `delivery-source:${name}`),
  }),
  "aws:kms/key:Key": ({ token, arn }) => {
    const keyId = asUuid(token(32));
    return { id: keyId, keyId, arn: arn("kms", `key/${keyId}`) };
  },
  "aws:kms/keyPolicy:KeyPolicy": ({ inputs }) => ({ id: String(inputs.keyId) }),
  "aws:route53/record:Record": ({ inputs }) => ({
    id: `${inputs.zoneId}_${inputs.name}_${inputs.type}`,
    fqdn: inputs.name,
  }),
  "aws:wafv2/webAcl:WebAcl": ({ physicalName: name, arn, token }) => ({
    id: asUuid(token(32)),
    name,
    arn: arn("wafv2", `global/webacl/${name}/${asUuid(token(32))}`),
  }),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": ({ inputs }) => ({
    id: String(inputs.resourceArn),
  }),
  "aws:codedeploy/application:Application": ({ physicalName: name, arn, token }) => ({
    id: `${token(36)}:${name}`,
    name,
    arn: arn("codedeploy", `application:${name}`),
  }),
  "aws:codedeploy/deploymentGroup:DeploymentGroup": ({ inputs, arn, token }) => ({
    id: token(36),
    arn: arn("codedeploy", `deploymentgroup:${inputs.appName}/${inputs.deploymentGroupName}`),
  }),
  "aws:lambda/layerVersion:LayerVersion": ({ inputs, arn }) => {
    const layerArn = arn("lambda", `layer:${inputs.layerName}`);
    return { id: `${layerArn}:1`, arn: `${layerArn}:1`, layerArn, version: "1" };
  },
  "aws:lambda/function:Function": (context) => {
    const { physicalName: name } = context;
    const arn = context.arn("lambda", `function:${name}`);
    return {
      id: name,
      name,
      arn,
      version: "1",
      qualifiedArn: `${arn}:1`,
      invokeArn: invokeArn(context, arn),
    };
  },
  "aws:lambda/alias:Alias": (context) => {
    const arn = context.arn("lambda", `function:${context.inputs.functionName}:${context.inputs.name}`);
    return { id: arn, arn, invokeArn: invokeArn(context, arn) };
  },
  "aws:lambda/permission:Permission": ({ physicalName }) => ({ id: physicalName, statementId: physicalName }),
  "aws:lambda/eventSourceMapping:EventSourceMapping": ({ token, arn }) => ({
    id: token(32),
    uuid: token(32),
    arn: arn("lambda", `event-source-mapping:${token(32)}`),
  }),
  "aws:apigatewayv2/api:Api": ({ token, region, arn, physicalName: name }) => ({
    id: token(10),
    name,
    arn: `arn:aws:apigateway:${region}::/apis/${token(10)}`,
    apiEndpoint: `https://${token(10)}.execute-api.${region}.amazonaws.com`,
    executionArn: arn("execute-api", token(10)),
  }),
  "aws:apigatewayv2/authorizer:Authorizer": ofApi,
  "aws:apigatewayv2/integration:Integration": ofApi,
  "aws:apigatewayv2/route:Route": ofApi,
  "aws:apigatewayv2/stage:Stage": ({ inputs, region }) => ({
    id: String(inputs.name),
    arn: `arn:aws:apigateway:${region}::/apis/${inputs.apiId}/stages/${inputs.name}`,
  }),
  "aws:cloudfront/distribution:Distribution": ({ token, accountId }) => {
    const id = `E${token(13).toUpperCase()}`;
    return {
      id,
      arn: `arn:aws:cloudfront::${accountId}:distribution/${id}`,
      domainName: `d${token(13)}.cloudfront.net`,
      // The same for every distribution.
      hostedZoneId: "Z2FDTNDATAQYW2",
    };
  },
  "aws:cloudfront/originAccessControl:OriginAccessControl": named,
  "aws:cloudfront/cachePolicy:CachePolicy": named,
  "aws:cloudfront/keyGroup:KeyGroup": named,
  "aws:cloudfront/publicKey:PublicKey": ({ token, physicalName: name }) => ({
    id: `K${token(13).toUpperCase()}`,
    name,
  }),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": named,
};

function ofBucket({ inputs }: Context): Answer {
  return { id: String(inputs.bucket) };
}

function ofApi({ token }: Context): Answer {
  return { id: token(7) };
}

function named({ token, physicalName: name }: Context): Answer {
  return { id: token(36), name };
}

/** 32 hexadecimal digits in a UUID's form. */
function asUuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** What API Gateway is told to call for a function or alias. */
function invokeArn({ region }: Context, arn: string): string {
  return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
}
