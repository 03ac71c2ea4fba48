import { type Example, resource } from "./example.ts";

const arn = "arn:aws:lambda:eu-central-1:123456789012:function:resize";
const lambda = (props: object) => resource("lambda/Function", "resize", { arn, name: "resize", ...props });
const alias = resource("lambda/Alias", "resize-live", { arn: `${arn}:live`, functionName: "resize" });
const mapping = (props: object) =>
  resource("lambda/EventSourceMapping", "resize-source", { functionName: `${arn}:live`, ...props });
const permission = (props: object) => resource("lambda/Permission", "invoke-resize", props);
const release = (props: object, events: readonly string[]) =>
  resource("codedeploy/DeploymentGroup", "release-resize", {
    ...props,
    autoRollbackConfiguration: { enabled: true, events },
  });

export const lambdaExamples: readonly Example[] = [
  {
    rule: "lambda-not-public",
    broken: [permission({ principal: "*" })],
    says: ["Permission invoke-resize lets anyone invoke the function"],
    sound: [permission({ principal: "apigateway.amazonaws.com" })],
  },
  {
    rule: "lambda-url-authorised",
    broken: [resource("lambda/FunctionUrl", "resize-url", { authorizationType: "NONE" })],
    says: ["FunctionUrl resize-url answers anyone who knows the URL"],
    sound: [resource("lambda/FunctionUrl", "resize-url", { authorizationType: "AWS_IAM" })],
  },
  {
    rule: "lambda-source-condition",
    broken: [permission({ principal: "s3.amazonaws.com" })],
    says: ["Permission invoke-resize lets s3.amazonaws.com invoke the function for resources of any account"],
    sound: [permission({ principal: "s3.amazonaws.com", sourceAccount: "123456789012" })],
  },
  {
    rule: "lambda-supported-runtime",
    broken: [lambda({ runtime: "nodejs16.x" })],
    says: ["Function resize runs on nodejs16.x"],
    sound: [lambda({ runtime: "nodejs24.x" })],
  },
  {
    rule: "lambda-multi-az",
    broken: [lambda({ vpcConfig: { subnetIds: ["subnet-1"] } })],
    says: ["Function resize runs in fewer than two subnets"],
    sound: [lambda({})],
  },
  {
    rule: "lambda-tracing",
    broken: [lambda({ tracingConfig: { mode: "PassThrough" } })],
    says: ["Function resize has no active X-Ray tracing"],
    sound: [lambda({ tracingConfig: { mode: "Active" } })],
  },
  {
    rule: "lambda-declared-logs",
    broken: [lambda({ loggingConfig: { logFormat: "JSON" } })],
    says: ["Function resize logs to a group that Lambda creates and keeps for ever"],
    sound: [lambda({ loggingConfig: { logFormat: "JSON", logGroup: "resize-logs" } })],
  },
  {
    rule: "lambda-bounded-concurrency",
    broken: [mapping({}), lambda({}), alias],
    says: ["EventSourceMapping resize-source has no maximum concurrency"],
    sound: [
      mapping({ scalingConfig: { maximumConcurrency: 2 } }),
      mapping({ functionName: "resize" }),
      lambda({ reservedConcurrentExecutions: 5 }),
    ],
  },
  {
    rule: "lambda-bounded-concurrency",
    broken: [mapping({ scalingConfig: {} })],
    says: ["EventSourceMapping resize-source has no maximum concurrency"],
    sound: [mapping({}), lambda({ reservedConcurrentExecutions: 5 }), alias],
  },
  {
    rule: "codedeploy-rolls-back",
    broken: [release({ alarmConfiguration: { enabled: true, alarms: [] } }, ["DEPLOYMENT_FAILURE"])],
    says: [
      "DeploymentGroup release-resize watches no alarm during a release",
      "DeploymentGroup release-resize does not roll back on DEPLOYMENT_STOP_ON_ALARM",
    ],
    sound: [
      release({ alarmConfiguration: { enabled: true, alarms: ["errors"] } }, [
        "DEPLOYMENT_FAILURE",
        "DEPLOYMENT_STOP_ON_ALARM",
      ]),
    ],
  },
];
