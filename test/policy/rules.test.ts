import { expect } from "chai";
import type { Resource } from "../../policy/resource.ts";
import { violationsOf } from "../../policy/rule.ts";
import { rules } from "../../policy/rules.ts";
import { accountExamples } from "./examples/account.ts";
import { edgeExamples } from "./examples/edge.ts";
import { lambdaExamples } from "./examples/lambda.ts";
import { messagingExamples } from "./examples/messaging.ts";
import { s3Examples } from "./examples/s3.ts";

const examples = [
  ...s3Examples,
  ...messagingExamples,
  ...lambdaExamples,
  ...edgeExamples,
  ...accountExamples,
];

function ruleNamed(name: string) {
  return rules.find((rule) => rule.name === name) ?? expect.fail(`there is no rule ${name}`);
}

function messages(name: string, stack: readonly Resource[]): string[] {
  const rule = ruleNamed(name);
  return stack.flatMap((resource) => violationsOf(rule, resource, stack)).map(({ message }) => message);
}

describe("policy rules", () => {
  for (const [index, { rule: name, broken, says, sound }] of examples.entries()) {
    it(`${index + 1}. ${name}: ${says.join("; ")}`, () => {
      const { controls, remedy } = ruleNamed(name);
      const expected = says.map((violation) => `${violation} [${controls.join(", ")}]. ${remedy}`);
      expect(messages(name, broken)).to.deep.equal(expected);
      expect(messages(name, sound)).to.deep.equal([]);
    });
  }

  it("name the resource, the mistake, the controls and the remedy", () => {
    const bucket = s3Examples.find(({ rule }) => rule === "s3-versioning")?.broken ?? [];
    expect(messages("s3-versioning", bucket)).to.deep.equal([
      "Bucket photos keeps no versions [S3.14, CKV_AWS_21]. Attach a BucketVersioning with status Enabled.",
    ]);
  });

  it("each have an example that breaks them", () => {
    const names = rules.map(({ name }) => name);
    expect(new Set(examples.map(({ rule }) => rule))).to.deep.equal(new Set(names));
  });

  it("each have their own name and first control", () => {
    expect(new Set(rules.map(({ name }) => name)).size).to.equal(rules.length);
    expect(new Set(rules.map(({ controls: [own] }) => own)).size).to.equal(rules.length);
  });

  it("write controls as Security Hub, Checkov and the Well-Architected Framework do", () => {
    const id =
      /^([A-Z][A-Za-z0-9]+\.\d+|CKV2?_AWS_\d+|(OPS|SEC|REL)\d\d-BP\d\d|Henkan\.[A-Z][A-Za-z0-9]+\.\d+)$/;
    const odd = rules.flatMap(({ controls }) => controls).filter((control) => !id.test(control));
    expect(odd).to.deep.equal([]);
  });
});
