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
    ["deny what nothing allows", {}, {}, false],
    ["allow what the identity's policy allows", { identity: statement() }, {}, true],
    ["allow what the resource's policy allows", { resource: statement(everybody) }, {}, true],
    ["let a resource's deny win", { identity: statement(), resource: deny() }, {}, false],
    ["let an identity's deny win", { identity: [statement(), statement({ Effect: "Deny" })] }, {}, false],
    ["keep to the action", { identity: statement() }, { action: "s3:GetObjectTagging" }, false],
    ["ignore the case of actions", { identity: statement({ Action: "S3:getobject" }) }, {}, true],
    ["take * in actions", { identity: statement({ Action: "s3:Get*" }) }, {}, true],
    ["take ? in actions", { identity: statement({ Action: "s3:?etObject" }) }, {}, true],
    ["take * as every action", { identity: statement({ Action: "*" }) }, {}, true],
    ["read a dot as a dot", { identity: statement({ Resource: `${bucket}/a/b?p.g` }) }, {}, false],
    [
      "take any of several actions",
      { identity: statement({ Action: ["s3:PutObject", "s3:Get*"] }) },
      {},
      true,
    ],
    ["except under NotAction", { identity: statement({ Action: null, NotAction: "s3:Get*" }) }, {}, false],
    [
      "take the rest under NotAction",
      { identity: statement({ Action: null, NotAction: "s3:Put*" }) },
      {},
      true,
    ],
    ["keep to the resource", { identity: statement({ Resource: `${bucket}/a` }) }, {}, false],
    ["mind the case of resources", { identity: statement({ Resource: object.toUpperCase() }) }, {}, false],
    ["take * over slashes", { identity: statement({ Resource: `${bucket}/*` }) }, {}, true],
    ["take ? for one character", { identity: statement({ Resource: `${bucket}/a/?.png` }) }, {}, true],
    ["not take ? for none", { identity: statement({ Resource: `${bucket}/a/b?.png` }) }, {}, false],
    ["not take a bucket for its objects", { identity: statement({ Resource: bucket }) }, {}, false],
    ["except under NotResource", { identity: statement({ Resource: null, NotResource: object }) }, {}, false],
    ["know a role by its ARN", { resource: statement({ Principal: { AWS: roleArn } }) }, {}, true],
    ["tell roles apart", { resource: statement({ Principal: { AWS: `${roleArn}2` } }) }, {}, false],
    ["take AWS: * as everybody", { resource: statement({ Principal: { AWS: "*" } }) }, {}, true],
    [
      "leave an allowed account to its identities",
      { resource: statement({ Principal: { AWS: "111111111111" } }) },
      {},
      false,
    ],
    [
      "deny a whole account",
      { identity: statement(), resource: deny({ Principal: { AWS: "arn:aws:iam::111111111111:root" } }) },
      {},
      false,
    ],
    [
      "know a service by its name",
      { resource: statement({ Principal: { Service: cloudfront } }) },
      { principal: cloudfront },
      true,
    ],
    [
      "tell services apart",
      { resource: statement({ Principal: { Service: "sns.amazonaws.com" } }) },
      { principal: cloudfront },
      false,
    ],
    ["give a service nothing by itself", {}, { principal: cloudfront }, false],
    ["give an administrator everything", {}, { principal: developer }, true],
    ["deny an administrator what a resource denies", { resource: deny() }, { principal: developer }, false],
    [
      "not take another bucket's policy",
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

  it("write down the statement that a role lacks", () => {
    const { permissions, denials } = permissionsOf({ resource: deny({ Action: "s3:PutObject" }) });
    permissions.allows(request());
    expect(denials.map(({ message }) => message)).to.deep.equal([
      `${roleArn} may not s3:GetObject on ${object}: no statement allows it; missing in identity-policy: ` +
        `{"Effect":"Allow","Action":"s3:GetObject","Resource":"${object}"}`,
    ]);
  });

  it("write down the statement that a service lacks", () => {
    const { permissions, denials } = permissionsOf({});
    permissions.allows(request({ principal: cloudfront, sourceArn: "arn:aws:cloudfront::1:distribution/E" }));
    expect(denials[0]?.reason).to.equal(
      "no statement allows it; missing in resource-policy: " +
        `{"Effect":"Allow","Principal":{"Service":"${cloudfront}"},"Action":"s3:GetObject",` +
        `"Resource":"${object}","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:cloudfront::1:distribution/E"}}}`,
    );
  });

  it("name the statement that denies, by its Sid or its place", () => {
    const reasonOf = (resource: object[]) => {
      const { permissions, denials } = permissionsOf({ resource });
      permissions.allows(request());
      return denials[0]?.reason;
    };
    expect(reasonOf([deny({ Sid: "KeepOut" })])).to.equal("statement KeepOut of resource-policy denies it");
    expect(reasonOf([statement(everybody), deny()])).to.equal("statement 2 of resource-policy denies it");
  });

  it("refuse a deployment with AWS's words and the missing statement", () => {
    const { permissions, denials } = permissionsOf({});
    expect(() => permissions.require(request(), "queue: no permission"))
      .to.throw(AccessDeniedError)
      .with.property("message")
      .that.matches(/^queue: no permission: arn:.*:role\/worker may not s3:GetObject on .*missing in/);
    expect(denials).to.deep.equal([]);
  });

  it("remember which grants of a role were used", () => {
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

  it("set a role apart that did nothing but pass the checks of its deployment", () => {
    const { permissions } = permissionsOf({ identity: statement() });
    permissions.require(request(), "");
    expect(permissions.usage()).to.deep.equal({ grants: [], idleRoles: ["worker"] });
    permissions.allows(request({ action: "s3:PutObject" }));
    expect(permissions.usage().grants.map(({ used }) => used)).to.deep.equal([true]);
  });
});
