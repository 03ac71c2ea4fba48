import { expect } from "chai";
import {
  AccessDeniedError,
  type AccessRequest,
} from "../../../../packages/local-cloud/iam/access-request.ts";
import { bucket, developer, object, permissionsOf, request, roleArn, statement } from "./policies.ts";

const cloudfront = "cloudfront.amazonaws.com";
const everybody = { Principal: "*" };
const deny = (change: object = {}) => statement({ Effect: "Deny", ...everybody, ...change });

describe("Permissions", () => {
  type Policies = Parameters<typeof permissionsOf>[0];
  const cases: [name: string, policies: Policies, change: Partial<AccessRequest>, allowed: boolean][] = [
    ["deny a request that no statement allows", {}, {}, false],
    ["allow a request that the policy of the identity allows", { identity: statement() }, {}, true],
    ["allow a request that the policy of the resource allows", { resource: statement(everybody) }, {}, true],
    [
      "deny a request that the policy of the resource denies, although the identity allows it",
      { identity: statement(), resource: deny() },
      {},
      false,
    ],
    [
      "deny a request that the policy of the identity both allows and denies",
      { identity: [statement(), statement({ Effect: "Deny" })] },
      {},
      false,
    ],
    [
      "deny an action that the statement does not name",
      { identity: statement() },
      { action: "s3:GetObjectTagging" },
      false,
    ],
    ["ignore the case of actions", { identity: statement({ Action: "S3:getobject" }) }, {}, true],
    ["match * in actions", { identity: statement({ Action: "s3:Get*" }) }, {}, true],
    ["match ? in actions", { identity: statement({ Action: "s3:?etObject" }) }, {}, true],
    ["match every action with *", { identity: statement({ Action: "*" }) }, {}, true],
    ["match a dot only with a dot", { identity: statement({ Resource: `${bucket}/a/b?p.g` }) }, {}, false],
    [
      "match one of several actions",
      { identity: statement({ Action: ["s3:PutObject", "s3:Get*"] }) },
      {},
      true,
    ],
    [
      "deny an action under NotAction",
      { identity: statement({ Action: null, NotAction: "s3:Get*" }) },
      {},
      false,
    ],
    [
      "allow an action that is not under NotAction",
      { identity: statement({ Action: null, NotAction: "s3:Put*" }) },
      {},
      true,
    ],
    [
      "deny a resource that the statement does not name",
      { identity: statement({ Resource: `${bucket}/a` }) },
      {},
      false,
    ],
    ["respect the case of resources", { identity: statement({ Resource: object.toUpperCase() }) }, {}, false],
    ["match slashes with * in resources", { identity: statement({ Resource: `${bucket}/*` }) }, {}, true],
    [
      "match one character with ? in resources",
      { identity: statement({ Resource: `${bucket}/a/?.png` }) },
      {},
      true,
    ],
    [
      "match no missing character with ?",
      { identity: statement({ Resource: `${bucket}/a/b?.png` }) },
      {},
      false,
    ],
    [
      "deny an object when the statement names only its bucket",
      { identity: statement({ Resource: bucket }) },
      {},
      false,
    ],
    [
      "deny a resource under NotResource",
      { identity: statement({ Resource: null, NotResource: object }) },
      {},
      false,
    ],
    ["match a role by its ARN", { resource: statement({ Principal: { AWS: roleArn } }) }, {}, true],
    ["match no other role", { resource: statement({ Principal: { AWS: `${roleArn}2` } }) }, {}, false],
    ["match every principal with AWS: *", { resource: statement({ Principal: { AWS: "*" } }) }, {}, true],
    [
      "allow nothing by a statement that allows a whole account",
      { resource: statement({ Principal: { AWS: "111111111111" } }) },
      {},
      false,
    ],
    [
      "deny every identity of an account that a statement denies",
      { identity: statement(), resource: deny({ Principal: { AWS: "arn:aws:iam::111111111111:root" } }) },
      {},
      false,
    ],
    [
      "match a service by its name",
      { resource: statement({ Principal: { Service: cloudfront } }) },
      { principal: cloudfront },
      true,
    ],
    [
      "match no other service",
      { resource: statement({ Principal: { Service: "sns.amazonaws.com" } }) },
      { principal: cloudfront },
      false,
    ],
    ["deny a service that no statement allows", {}, { principal: cloudfront }, false],
    ["allow an administrator everything", {}, { principal: developer }, true],
    [
      "deny an administrator a request that the policy of the resource denies",
      { resource: deny() },
      { principal: developer },
      false,
    ],
    [
      "ignore the policy of another bucket",
      { resource: statement({ ...everybody, Resource: "*" }) },
      { resource: "arn:aws:s3:::files2/a" },
      false,
    ],
  ];
  for (const [name, policies, change, allowed] of cases) {
    it(name, () => {
      expect(permissionsOf(policies).permissions.allows(request(change))).to.equal(allowed);
    });
  }

  it("report the statement that a role lacks", () => {
    const { permissions, denials } = permissionsOf({ resource: deny({ Action: "s3:PutObject" }) });
    permissions.allows(request());
    expect(denials.map(({ message }) => message)).to.deep.equal([
      `${roleArn} may not s3:GetObject on ${object}: no statement allows it; missing in identity-policy: ` +
        `{"Effect":"Allow","Action":"s3:GetObject","Resource":"${object}"}`,
    ]);
  });

  it("report the statement that a service lacks", () => {
    const { permissions, denials } = permissionsOf({});
    permissions.allows(request({ principal: cloudfront, sourceArn: "arn:aws:cloudfront::1:distribution/E" }));
    expect(denials[0]?.reason).to.equal(
      "no statement allows it; missing in resource-policy: " +
        `{"Effect":"Allow","Principal":{"Service":"${cloudfront}"},"Action":"s3:GetObject",` +
        `"Resource":"${object}","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:cloudfront::1:distribution/E"}}}`,
    );
  });

  it("name the statement that denies by its Sid or its position", () => {
    const reasonOf = (resource: object[]) => {
      const { permissions, denials } = permissionsOf({ resource });
      permissions.allows(request());
      return denials[0]?.reason;
    };
    expect(reasonOf([deny({ Sid: "KeepOut" })])).to.equal("statement KeepOut of resource-policy denies it");
    expect(reasonOf([statement(everybody), deny()])).to.equal("statement 2 of resource-policy denies it");
  });

  it("refuse a deployment with the message of AWS and the missing statement", () => {
    const { permissions, denials } = permissionsOf({});
    expect(() => permissions.require(request(), "queue: no permission"))
      .to.throw(AccessDeniedError)
      .with.property("message")
      .that.matches(/^queue: no permission: arn:.*:role\/worker may not s3:GetObject on .*missing in/);
    expect(denials).to.deep.equal([]);
  });

  it("record which grants of a role were used", () => {
    const { permissions } = permissionsOf({
      identity: [
        statement({ Action: ["s3:GetObject", "s3:PutObject"], Resource: [`${bucket}/a/*`, `${bucket}/z/*`] }),
        statement({ Sid: "Unmet", Condition: { StringEquals: { "aws:SourceAccount": "1" } } }),
      ],
    });
    permissions.allows(request());
    permissions.allows(request({ action: "s3:DeleteObject" }));
    const { grants, idleRoles } = permissions.usage();
    expect(idleRoles).to.deep.equal([]);
    expect(grants).to.have.length(5);
    expect(grants.filter(({ used }) => used)).to.deep.equal([
      {
        role: "worker",
        policy: "identity-policy",
        statement: "1",
        action: "s3:GetObject",
        resource: `${bucket}/a/*`,
        used: true,
      },
    ]);
  });

  it("list a role as idle when only its deployment was checked", () => {
    const { permissions } = permissionsOf({ identity: statement() });
    permissions.require(request(), "");
    expect(permissions.usage()).to.deep.equal({ grants: [], idleRoles: ["worker"] });
    permissions.allows(request({ action: "s3:PutObject" }));
    expect(permissions.usage().grants.map(({ used }) => used)).to.deep.equal([true]);
  });
});
