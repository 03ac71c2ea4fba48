import { ProgramError } from "../errors.ts";
import type { Graph } from "../graph.ts";
import type { Denial } from "../iam/access-request.ts";
import { Permissions, type ResourcePolicy, type Role } from "../iam/permissions.ts";
import { type PolicyKind, parsePolicy, type Statement } from "../iam/statement.ts";

/** A policy, and the ARN of the resource that it is attached to. */
interface Attachment {
  readonly arn: string;
  readonly policy: string;
  readonly statements: readonly Statement[];
}

/**
 * Returns the declared permissions: roles with their policies, and the policies of buckets, topics, queues and functions.
 *
 * @throws {PolicyError} for a policy element that the local cloud does not evaluate
 */
export function declaredPermissions(graph: Graph, onDenied: (denial: Denial) => void): Permissions {
  return new Permissions({ roles: roles(graph), resourcePolicies: resourcePolicies(graph), onDenied });
}

/**
 * Checks the roles of functions as Lambda does when it creates a function.
 *
 * @throws {AccessDeniedError} when Lambda cannot assume a role, or the role may not write the traces of its function
 */
export function requireFunctionRoles(graph: Graph, permissions: Permissions): void {
  for (const { name, inputs } of graph.all("aws:lambda/function:Function")) {
    const role = String(inputs.role);
    permissions.require(
      { principal: "lambda.amazonaws.com", action: "sts:AssumeRole", resource: role },
      `${name}: the role defined for the function cannot be assumed by Lambda`,
    );
    if (inputs.tracingConfig?.mode !== "Active") continue;
    for (const operation of ["PutTraceSegments", "PutTelemetryRecords"]) {
      permissions.require(
        { principal: role, action: `xray:${operation}`, resource: "*" },
        `${name}: the function's execution role does not have permissions to call ${operation} on XRAY`,
      );
    }
  }
}

function roles(graph: Graph): Role[] {
  const policies = graph.all("aws:iam/rolePolicy:RolePolicy");
  return graph.all("aws:iam/role:Role").map(({ name, inputs, output }) => {
    if (inputs.managedPolicyArns || inputs.inlinePolicies || inputs.permissionsBoundary) {
      throw new ProgramError(
        `${name}: the local cloud reads a role's permissions from aws.iam.RolePolicy only`,
      );
    }
    const own = policies.filter((policy) => policy.inputs.role === output("name"));
    return {
      arn: output("arn"),
      name,
      policies: own.map((policy) => policy.name),
      statements: own.flatMap((policy) => parsePolicy(policy.name, policy.inputs.policy, "identity")),
    };
  });
}

function resourcePolicies(graph: Graph): ReadonlyMap<string, ResourcePolicy> {
  const whole = [
    ...bucketPolicies(graph),
    ...topicPolicies(graph),
    ...queuePolicies(graph),
    ...trusts(graph),
  ];
  for (const [arn, [first, second]] of Map.groupBy(whole, ({ arn }) => arn)) {
    if (second)
      throw new ProgramError(
        `${first?.policy} and ${second.policy} would overwrite each other: ${arn} has one policy`,
      );
  }
  const attached = Map.groupBy([...whole, ...functionPermissions(graph)], ({ arn }) => arn);
  return new Map(
    [...attached].map(([arn, attachments]) => [
      arn,
      {
        policies: attachments.map(({ policy }) => policy),
        statements: attachments.flatMap(({ statements }) => statements),
      },
    ]),
  );
}

function attach(arn: string, policy: string, document: unknown, kind: PolicyKind = "resource"): Attachment {
  return { arn, policy, statements: parsePolicy(policy, document, kind) };
}

function bucketPolicies(graph: Graph): Attachment[] {
  return graph
    .all("aws:s3/bucketPolicy:BucketPolicy")
    .map(({ name, inputs }) => attach(`arn:aws:s3:::${inputs.bucket}`, name, inputs.policy));
}

function topicPolicies(graph: Graph): Attachment[] {
  return graph
    .all("aws:sns/topicPolicy:TopicPolicy")
    .map(({ name, inputs }) => attach(inputs.arn, name, inputs.policy));
}

function queuePolicies(graph: Graph): Attachment[] {
  return graph.all("aws:sqs/queuePolicy:QueuePolicy").map(({ name, inputs }) => {
    const queue = graph.behind(inputs.queueUrl, "aws:sqs/queue:Queue");
    return attach(queue.output("arn"), name, inputs.policy);
  });
}

/** Returns the trust policies of the functions' roles. No principal assumes any other role on this machine. */
function trusts(graph: Graph): Attachment[] {
  const ofFunctions = new Set(graph.all("aws:lambda/function:Function").map(({ inputs }) => inputs.role));
  return graph
    .all("aws:iam/role:Role")
    .filter(({ output }) => ofFunctions.has(output("arn")))
    .map(({ name, inputs, output }) => attach(output("arn"), name, inputs.assumeRolePolicy, "trust"));
}

/** Returns the policies of functions: for each permission the document that Lambda's AddPermission creates. */
function functionPermissions(graph: Graph): Attachment[] {
  return graph.all("aws:lambda/permission:Permission").map(({ name, inputs }) => {
    const { principal, sourceArn, sourceAccount, qualifier, principalOrgId, functionUrlAuthType } = inputs;
    const arn = graph.behind(inputs.function, "aws:lambda/function:Function").output("arn");
    const statement = {
      Effect: "Allow",
      Principal: { [principal.endsWith(".amazonaws.com") ? "Service" : "AWS"]: principal },
      Action: inputs.action,
      Resource: qualifier ? `${arn}:${qualifier}` : arn,
      Condition: {
        ...(sourceArn && { ArnLike: { "AWS:SourceArn": sourceArn } }),
        StringEquals: {
          ...(sourceAccount && { "AWS:SourceAccount": sourceAccount }),
          ...(principalOrgId && { "aws:PrincipalOrgID": principalOrgId }),
          ...(functionUrlAuthType && { "lambda:FunctionUrlAuthType": functionUrlAuthType }),
        },
      },
    };
    return attach(arn, name, { Version: "2012-10-17", Statement: statement });
  });
}
