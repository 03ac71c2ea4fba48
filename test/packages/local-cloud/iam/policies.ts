import type { AccessRequest, Denial } from "../../../../packages/local-cloud/iam/access-request.ts";
import { Permissions } from "../../../../packages/local-cloud/iam/permissions.ts";
import { type PolicyKind, parsePolicy } from "../../../../packages/local-cloud/iam/statement.ts";

export const bucket = "arn:aws:s3:::files";
export const object = `${bucket}/a/b.png`;
export const roleArn = "arn:aws:iam::111111111111:role/worker";
export const developer = "arn:aws:iam::111111111111:user/developer";

export const request = (change: Partial<AccessRequest> = {}): AccessRequest => ({
  principal: roleArn,
  action: "s3:GetObject",
  resource: object,
  ...change,
});

/** Returns a statement that allows the request above, with some elements changed; null omits an element. */
export function statement(change: object = {}): object {
  const elements = Object.entries({ Effect: "Allow", Action: "s3:GetObject", Resource: object, ...change });
  return Object.fromEntries(elements.filter(([, value]) => value !== null));
}

export function parse(statements: object | object[], kind: PolicyKind = "identity") {
  return parsePolicy(
    `${kind}-policy`,
    JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    kind,
  );
}

/** Returns permissions with a policy of the role and a policy of the bucket, and the denials so far. */
export function permissionsOf({
  identity = [],
  resource = [],
}: {
  identity?: object | object[];
  resource?: object | object[];
}) {
  const denials: Denial[] = [];
  const permissions = new Permissions({
    roles: [{ arn: roleArn, name: "worker", policies: ["identity-policy"], statements: parse(identity) }],
    resourcePolicies: new Map([
      [bucket, { policies: ["resource-policy"], statements: parse(resource, "resource") }],
    ]),
    onDenied: (denial) => denials.push(denial),
  });
  return { permissions, denials };
}
