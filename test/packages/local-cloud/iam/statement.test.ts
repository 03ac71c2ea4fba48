import { expect } from "chai";
import { PolicyError, parsePolicy } from "../../../../packages/local-cloud/iam/statement.ts";
import { object, parse, statement } from "./policies.ts";

const variable = ["$", "{aws:username}"].join("");

describe("parsePolicy", () => {
  it("accepts one statement without a list, and a document as an object", () => {
    expect(parse(statement())).to.have.length(1);
    const document = { Version: "2012-10-17", Statement: [statement({ Sid: "Read" }), statement()] };
    expect(parsePolicy("p", document, "identity").map(({ label }) => label)).to.deep.equal(["Read", "2"]);
  });

  it("accepts the trust policy of a role, which has no resource", () => {
    const trust = statement({ Principal: { Service: "lambda.amazonaws.com" }, Resource: null });
    expect(parse(trust, "trust")[0]?.isPrincipal("lambda.amazonaws.com")).to.equal(true);
  });

  const refused: [name: string, change: object, message: string][] = [
    ["NotPrincipal", { NotPrincipal: "*" }, "Statement.0.NotPrincipal"],
    ["another kind of principal", { Principal: { Federated: "cognito" } }, "Statement.0.Principal"],
    ["another effect", { Effect: "Maybe" }, "Statement.0.Effect"],
    [
      "the principal of an identity",
      { Principal: "*" },
      "statement 1: the policy of an identity has no Principal",
    ],
    ["no action", { Action: null }, "statement 1: expected either Action or NotAction"],
    [
      "both Resource and NotResource",
      { NotResource: object },
      "statement 1: expected either Resource or NotResource",
    ],
    ["a policy variable", { Resource: `arn:aws:s3:::files/${variable}` }, `the policy variable ${variable}`],
    ["an unknown condition key", { Condition: { Bool: { "aws:ViaAWSService": true } } }, "aws:ViaAWSService"],
    [
      "an unknown operator",
      { Sid: "S", Condition: { IpAddress: { "aws:SourceArn": "" } } },
      "statement S: the condition operator IpAddress",
    ],
  ];
  for (const [name, change, message] of refused) {
    it(`refuses ${name}, naming the policy and the statement`, () => {
      expect(() => parse(statement(change)))
        .to.throw(PolicyError)
        .with.property("message")
        .that.matches(/^identity-policy: /)
        .and.includes(message);
    });
  }

  it("refuses a resource policy without a principal", () => {
    expect(() => parse(statement(), "resource")).to.throw(
      "resource-policy: statement 1: Principal is missing",
    );
  });

  it("refuses a document that is not JSON", () => {
    expect(() => parsePolicy("p", "{", "identity")).to.throw(PolicyError, "p is not JSON");
  });
});
