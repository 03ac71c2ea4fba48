import type { Resource } from "../resource.ts";
import type { AnyRule } from "../rule.ts";
import { allowed, type NormalizedStatement, type StatementCondition } from "../statements.ts";

/** The property that holds the policy document, for each type that has one. */
const identityPolicies: Readonly<Record<string, string>> = {
  "aws:iam/policy:Policy": "policy",
  "aws:iam/rolePolicy:RolePolicy": "policy",
};
const resourcePolicies: Readonly<Record<string, string>> = {
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:xray/resourcePolicy:ResourcePolicy": "policyDocument",
};
const documents = { ...identityPolicies, ...resourcePolicies };

/** ARNs in which `*` matches parts of one resource: a bucket's objects, a log group's streams, a function's versions. */
const partsOfOneResource = [
  /^arn:aws:s3:::[^*?/]+\/[^*?]*\*$/,
  /^arn:aws:logs:[^*?:]+:\d{12}:log-group:[^*?:]+:\*$/,
  /^arn:aws:lambda:[^*?:]+:\d{12}:function:[^*?:]+:\*$/,
];

/**
 * Actions that support no resource but `*`,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html.
 */
const withoutResource = [
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

/** The condition keys that limit a service to requests for our resources or account. */
const sourceKeys = [
  "aws:sourcearn",
  "aws:sourceaccount",
  "aws:sourceorgid",
  "kms:encryptioncontext:aws:logs:arn",
];
const positiveOperators = ["StringEquals", "StringLike", "ArnEquals", "ArnLike"];

const broadManagedPolicy = /\/(AdministratorAccess|PowerUserAccess|\w*FullAccess)$/;

export const iamRules: readonly AnyRule[] = [
  {
    name: "iam-no-wildcard-actions",
    controls: ["IAM.21", "IAM.1", "CKV_AWS_62", "CKV_AWS_63"],
    description: "Policies allow actions by their full names",
    remedy: "List the actions that are needed.",
    types: Object.keys(documents),
    violations: (resource) => [
      ...statementsIn(resource).flatMap(({ actions }) =>
        actions.filter((action) => action.includes("*")).map((action) => `allows ${action}`),
      ),
      ...statementsIn(resource)
        .filter(({ inverted }) => inverted)
        .map(() => "allows everything that it does not name"),
    ],
  },
  {
    name: "iam-no-wildcard-resources",
    controls: ["CKV_AWS_355", "SEC03-BP02"],
    description: "Policies allow actions on named resources",
    remedy: "Give exact ARNs; * may match objects, log streams and versions of a function.",
    types: Object.keys(documents),
    violations: (resource) => statementsIn(resource).flatMap(unboundedResources),
  },
  {
    name: "iam-source-condition",
    controls: ["Henkan.IAM.1"],
    description: "Resource policies let a service act only for our own resources",
    remedy: "Add a condition on aws:SourceArn or aws:SourceAccount.",
    types: Object.keys(resourcePolicies),
    violations: (resource) =>
      statementsIn(resource)
        .filter(({ conditions }) => !conditions.some(tiesToSource))
        .flatMap(({ principals }) => principals.filter(({ kind }) => kind === "Service"))
        .map(({ id }) => `lets ${id} act for resources of any account`),
  },
  {
    name: "iam-trusted-principals",
    controls: ["CKV_AWS_60", "CKV_AWS_61"],
    description: "Roles are assumed by services or identity providers, not by accounts",
    remedy: "Name the service that assumes the role, or a federated identity with conditions.",
    types: ["aws:iam/role:Role"],
    violations: ({ props }) =>
      allowed(props.assumeRolePolicy).flatMap(({ principals, conditions }) =>
        principals
          .filter(({ kind }) => kind !== "Service" && (kind !== "Federated" || conditions.length === 0))
          .map(({ id }) => `can be assumed by ${id}`),
      ),
  },
  {
    name: "iam-no-broad-managed-policies",
    controls: ["CKV_AWS_274"],
    description: "Roles have no managed policy that allows all of a service",
    remedy: "Write a RolePolicy with the actions that are needed.",
    types: ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"],
    violations: ({ props: { policyArn } }) =>
      broadManagedPolicy.test(String(policyArn)) ? [`attaches ${policyArn}`] : [],
  },
  {
    name: "iam-no-users",
    controls: ["CKV_AWS_273"],
    description: "People and pipelines assume roles, without long-lived access keys",
    remedy: "Use a role.",
    types: ["aws:iam/user:User", "aws:iam/accessKey:AccessKey"],
    violations: () => ["is a long-lived identity"],
  },
];

function statementsIn({ type, props }: Resource): readonly NormalizedStatement[] {
  return allowed(props[documents[type] ?? ""]);
}

function unboundedResources({ actions, resources }: NormalizedStatement): readonly string[] {
  return resources
    .filter((resource) => /[*?]/.test(resource))
    .filter((resource) => !partsOfOneResource.some((pattern) => pattern.test(resource)))
    .filter((resource) => resource !== "*" || actions.some((action) => !withoutResource.includes(action)))
    .map((resource) => `allows ${actions.join(", ")} on ${resource}`);
}

function tiesToSource({ operator, key, values }: StatementCondition): boolean {
  return positiveOperators.includes(operator) && sourceKeys.includes(key) && !values.includes("*");
}
