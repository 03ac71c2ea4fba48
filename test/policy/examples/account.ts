import { document, type Example, resource } from "./example.ts";

const account = "123456789012";
const lambdaArn = `arn:aws:lambda:eu-central-1:${account}:function`;
const keyArn = `arn:aws:kms:eu-central-1:${account}:key/k1`;

const permissions = (...statements: readonly object[]) =>
  resource("iam/RolePolicy", "worker-permissions", { policy: document(...statements) });
const read = (Resource: string | readonly string[]) => permissions({ Action: ["s3:GetObject"], Resource });
const role = (Principal: object, more: object = {}) =>
  resource("iam/Role", "worker", {
    assumeRolePolicy: document({ Principal, Action: "sts:AssumeRole", ...more }),
  });
const attachment = (policyArn: string) =>
  resource("iam/RolePolicyAttachment", "worker-managed", {
    policyArn: `arn:aws:iam::aws:policy/${policyArn}`,
  });
const send = (Condition: object) =>
  resource("sqs/QueuePolicy", "work-policy", {
    policy: document({ Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Condition }),
  });
const traces = (Condition: object) =>
  resource("xray/ResourcePolicy", "topic-traces", {
    policyDocument: document({
      Principal: { Service: "sns.amazonaws.com" },
      Action: "xray:PutTraceSegments",
      Resource: "*",
      Condition,
    }),
  });

const key = (props: object) => resource("kms/Key", "media", { keyId: "k1", arn: keyArn, ...props });
const keyPolicy = (Principal: object | string) =>
  resource("kms/KeyPolicy", "media-policy", {
    keyId: "k1",
    policy: document({ Principal, Action: "kms:Decrypt", Resource: keyArn }),
  });

const logGroup = (props: object) => resource("cloudwatch/LogGroup", "worker-logs", props);
const alarm = (props: object) => resource("cloudwatch/MetricAlarm", "dead-letters", props);
const alarmActions = [`arn:aws:sns:eu-central-1:${account}:operations`];

const tagged = (props: object, defaultTags?: object) => ({
  ...resource("sqs/Queue", "work", props),
  ...(defaultTags && { provider: { props: { defaultTags: JSON.stringify({ tags: defaultTags }) } } }),
});

export const accountExamples: readonly Example[] = [
  {
    rule: "iam-no-wildcard-actions",
    broken: [permissions({ Action: ["s3:GetObject", "s3:Put*"], Resource: "arn:aws:s3:::a/b" })],
    says: ["RolePolicy worker-permissions allows s3:Put*"],
    sound: [
      permissions(
        { Action: ["s3:GetObject"], Resource: "arn:aws:s3:::a/b" },
        { Effect: "Deny", Action: "s3:*", Resource: "*" },
      ),
    ],
  },
  {
    rule: "iam-no-wildcard-actions",
    broken: [permissions({ NotAction: "iam:*", Resource: "arn:aws:s3:::a/b" })],
    says: ["RolePolicy worker-permissions allows everything that it does not name"],
    sound: [read("arn:aws:s3:::a/b")],
  },
  {
    rule: "iam-no-wildcard-resources",
    broken: [read(["arn:aws:s3:::uploads-*/*", "arn:aws:s3:::*"])],
    says: [
      "RolePolicy worker-permissions allows s3:GetObject on arn:aws:s3:::uploads-*/*",
      "RolePolicy worker-permissions allows s3:GetObject on arn:aws:s3:::*",
    ],
    sound: [read(["arn:aws:s3:::uploads/*", "arn:aws:s3:::outputs/files/*"])],
  },
  {
    rule: "iam-no-wildcard-resources",
    broken: [permissions({ Action: "lambda:InvokeFunction", Resource: `${lambdaArn}:*` })],
    says: [`RolePolicy worker-permissions allows lambda:InvokeFunction on ${lambdaArn}:*`],
    sound: [
      permissions(
        { Action: "lambda:InvokeFunction", Resource: `${lambdaArn}:resize:*` },
        { Action: "logs:PutLogEvents", Resource: `arn:aws:logs:eu-central-1:${account}:log-group:a:*` },
      ),
    ],
  },
  {
    rule: "iam-no-wildcard-resources",
    broken: [permissions({ Action: ["xray:PutTraceSegments", "s3:GetObject"], Resource: "*" })],
    says: ["RolePolicy worker-permissions allows xray:PutTraceSegments, s3:GetObject on *"],
    sound: [permissions({ Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" })],
  },
  {
    rule: "iam-source-condition",
    broken: [send({ StringNotEquals: { "aws:SourceAccount": "210987654321" } })],
    says: ["QueuePolicy work-policy lets sns.amazonaws.com act for resources of any account"],
    sound: [send({ ArnEquals: { "AWS:SourceArn": "arn:aws:sns:::events" } })],
  },
  {
    rule: "iam-source-condition",
    broken: [traces({})],
    says: ["ResourcePolicy topic-traces lets sns.amazonaws.com act for resources of any account"],
    sound: [traces({ StringEquals: { "aws:SourceAccount": account } })],
  },
  {
    rule: "iam-trusted-principals",
    broken: [role({ AWS: "*" })],
    says: ["Role worker can be assumed by *"],
    sound: [role({ Service: "lambda.amazonaws.com" })],
  },
  {
    rule: "iam-trusted-principals",
    broken: [role({ Federated: "arn:aws:iam::1:oidc-provider/example.com" })],
    says: ["Role worker can be assumed by arn:aws:iam::1:oidc-provider/example.com"],
    sound: [
      role(
        { Federated: "arn:aws:iam::1:oidc-provider/example.com" },
        { Condition: { StringEquals: { "example.com:sub": "repo:a/b" } } },
      ),
    ],
  },
  {
    rule: "iam-no-broad-managed-policies",
    broken: [attachment("AmazonS3FullAccess")],
    says: ["RolePolicyAttachment worker-managed attaches arn:aws:iam::aws:policy/AmazonS3FullAccess"],
    sound: [attachment("service-role/AWSCodeDeployRoleForLambdaLimited")],
  },
  {
    rule: "iam-no-users",
    broken: [resource("iam/User", "deployer", {})],
    says: ["User deployer is a long-lived identity"],
    sound: [role({ Service: "lambda.amazonaws.com" })],
  },
  {
    rule: "kms-rotation",
    broken: [key({ enableKeyRotation: false })],
    says: ["Key media does not rotate"],
    sound: [key({ enableKeyRotation: true })],
  },
  {
    rule: "kms-has-policy",
    broken: [key({})],
    says: ["Key media has no resource policy"],
    sound: [key({}), keyPolicy({})],
  },
  {
    rule: "kms-not-public",
    broken: [keyPolicy("*")],
    says: ["KeyPolicy media-policy allows any principal kms:Decrypt"],
    sound: [keyPolicy({ AWS: `arn:aws:iam::${account}:root` })],
  },
  {
    rule: "logs-retention",
    broken: [logGroup({})],
    says: ["LogGroup worker-logs keeps its events for ever"],
    sound: [logGroup({ retentionInDays: 3 })],
  },
  {
    rule: "logs-one-year",
    broken: [logGroup({ retentionInDays: 30 })],
    says: ["LogGroup worker-logs keeps its events for 30 days"],
    sound: [logGroup({ retentionInDays: 365 })],
  },
  {
    rule: "logs-customer-key",
    broken: [logGroup({})],
    says: ["LogGroup worker-logs has no KMS key"],
    sound: [logGroup({ kmsKeyId: keyArn })],
  },
  {
    rule: "alarms-act",
    broken: [alarm({ alarmActions, actionsEnabled: false })],
    says: ["MetricAlarm dead-letters has no enabled action"],
    sound: [alarm({ alarmActions })],
  },
  {
    rule: "default-tags",
    broken: [tagged({ tags: { project: "henkan" } }, { stage: "prod" })],
    says: ["Queue work has no tag stage with the value example"],
    sound: [tagged({}, { project: "henkan", stage: "example" })],
  },
  {
    rule: "default-tags",
    broken: [tagged({})],
    says: ["Queue work has no tag project", "Queue work has no tag stage with the value example"],
    sound: [tagged({ tagsAll: { project: "henkan", stage: "example" } })],
  },
];
