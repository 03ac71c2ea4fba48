import type * as aws from "@pulumi/aws";
import { type Context, emulated, type ResourceTypes, withoutEffect } from "./resource-type.ts";

/** Lambda, and CodeDeploy, which shifts the traffic of its aliases. */
export const lambda = {
  "aws:lambda/layerVersion:LayerVersion": emulated<aws.lambda.LayerVersionArgs>(({ inputs, arn }) => {
    const layerArn = arn("lambda", `layer:${inputs.layerName}`);
    return { id: `${layerArn}:1`, arn: `${layerArn}:1`, layerArn, version: "1" };
  }),
  "aws:lambda/function:Function": emulated<aws.lambda.FunctionArgs>((context) => {
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
  }),
  "aws:lambda/alias:Alias": emulated<aws.lambda.AliasArgs>((context) => {
    const arn = context.arn("lambda", `function:${context.inputs.functionName}:${context.inputs.name}`);
    return { id: arn, arn, invokeArn: invokeArn(context, arn) };
  }),
  "aws:lambda/permission:Permission": emulated<aws.lambda.PermissionArgs>(({ physicalName }) => ({
    id: physicalName,
    statementId: physicalName,
  })),
  "aws:lambda/eventSourceMapping:EventSourceMapping": emulated<aws.lambda.EventSourceMappingArgs>(
    ({ token, arn }) => ({
      id: token(32),
      uuid: token(32),
      arn: arn("lambda", `event-source-mapping:${token(32)}`),
    }),
  ),
  "aws:codedeploy/application:Application": withoutEffect(
    "an alias serves the newest version at once",
    ({ physicalName: name, arn, token }) => ({
      id: `${token(36)}:${name}`,
      name,
      arn: arn("codedeploy", `application:${name}`),
    }),
  ),
  "aws:codedeploy/deploymentGroup:DeploymentGroup": withoutEffect(
    "an alias serves the newest version at once",
    ({ inputs, arn, token }) => ({
      id: token(36),
      arn: arn("codedeploy", `deploymentgroup:${inputs.appName}/${inputs.deploymentGroupName}`),
    }),
  ),
} satisfies ResourceTypes;

/** Returns the URI by which API Gateway calls a function or alias. */
function invokeArn({ region }: Context, arn: string): string {
  return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
}
