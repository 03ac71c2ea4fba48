import { expect } from "chai";
import { parseConditions } from "../../../../packages/local-cloud/iam/conditions.ts";
import { request } from "./policies.ts";

const arn = "arn:aws:sns:eu-central-1:111111111111:uploads";
const sourceArn = "aws:SourceArn";
const age = "s3:signatureAge";
const present = request({ sourceArn: arn, sourceAccount: "111111111111", signatureAgeMs: 1000 });
const holds = (operator: string, key: string, values: string[], of = present) =>
  parseConditions({ [operator]: { [key]: values } })(of);

describe("parseConditions", () => {
  const cases: [operator: string, key: string, value: string, expected: boolean][] = [
    ["StringEquals", "aws:SourceAccount", "111111111111", true],
    ["StringEquals", "aws:SourceAccount", "1*", false],
    ["StringEquals", "AWS:sourceACCOUNT", "111111111111", true],
    ["StringNotEquals", "aws:SourceAccount", "111111111111", false],
    ["StringNotEquals", "aws:SourceAccount", "222222222222", true],
    ["StringEquals", sourceArn, arn.toUpperCase(), false],
    ["StringEqualsIgnoreCase", sourceArn, arn.toUpperCase(), true],
    ["StringNotEqualsIgnoreCase", sourceArn, arn.toUpperCase(), false],
    ["StringLike", sourceArn, "arn:*:up?oads", true],
    ["StringLike", sourceArn, "arn:*:up?ads", false],
    ["StringNotLike", sourceArn, "arn:*", false],
    ["ArnEquals", sourceArn, arn, true],
    ["ArnEquals", sourceArn, "arn:aws:sns:*:*:up*", true],
    ["ArnLike", sourceArn, "arn:aws:sns:eu-*-1:111111111111:uploads", true],
    ["ArnLike", sourceArn, "arn:aws:sns:*:uploads:*", false],
    ["ArnLike", sourceArn, "arn:aws:sqs:*:*:*", false],
    ["ArnNotEquals", sourceArn, arn, false],
    ["ArnNotLike", sourceArn, "arn:aws:sqs:*:*:*", true],
    ["Bool", "aws:SecureTransport", "true", true],
    ["Bool", "aws:SecureTransport", "False", false],
    ["NumericEquals", age, "1000.0", true],
    ["NumericNotEquals", age, "1000", false],
    ["NumericGreaterThan", age, "999", true],
    ["NumericGreaterThan", age, "1000", false],
    ["NumericGreaterThanEquals", age, "1000", true],
    ["NumericLessThan", age, "1000", false],
    ["NumericLessThan", age, "1001", true],
    ["NumericLessThanEquals", age, "1000", true],
    ["Null", age, "false", true],
    ["Null", age, "true", false],
  ];
  for (const [operator, key, value, expected] of cases) {
    it(`${operator} ${key} ${value} ${expected ? "holds" : "does not hold"}`, () => {
      expect(holds(operator, key, [value])).to.equal(expected);
    });
  }

  const absent: [operator: string, value: string, expected: boolean][] = [
    ["StringEquals", arn, false],
    ["StringNotEquals", arn, true],
    ["ArnLike", arn, false],
    ["ArnNotLike", arn, true],
    ["ArnLikeIfExists", arn, true],
    ["Null", "true", true],
  ];
  for (const [operator, value, expected] of absent) {
    it(`${operator} ${expected ? "holds" : "does not hold"} for a request without the key`, () => {
      expect(holds(operator, sourceArn, [value], request())).to.equal(expected);
    });
  }

  it("holds for one of several values, and with a negation for none of them", () => {
    expect(holds("StringEquals", sourceArn, ["other", arn])).to.equal(true);
    expect(holds("StringNotEquals", sourceArn, ["other", arn])).to.equal(false);
  });

  it("holds only when every key and every operator holds", () => {
    const condition = (account: string) =>
      parseConditions({
        ArnEquals: { [sourceArn]: [arn] },
        StringEquals: { "aws:SourceAccount": [account] },
      })(present);
    expect([condition("111111111111"), condition("222222222222")]).to.deep.equal([true, false]);
  });

  const refused: [operator: string, key: string, value: string, message: string][] = [
    ["IpAddress", sourceArn, "10.0.0.0/8", "the condition operator IpAddress is not supported"],
    [
      "ForAllValues:StringEquals",
      sourceArn,
      arn,
      "the condition operator ForAllValues:StringEquals is not supported",
    ],
    ["BoolNotEquals", sourceArn, "true", "the condition operator BoolNotEquals is not supported"],
    ["toString", sourceArn, arn, "the condition operator toString is not supported"],
    ["StringEquals", "aws:PrincipalOrgID", "o-1", "the condition key aws:PrincipalOrgID is not supported"],
    ["ArnEquals", sourceArn, "uploads", "uploads is not an ARN of six parts"],
    ["NumericLessThan", age, "soon", "soon is not a number"],
  ];
  for (const [operator, key, value, message] of refused) {
    it(`refuses ${operator} ${key} ${value}`, () => {
      expect(() => holds(operator, key, [value])).to.throw(message);
    });
  }
});
