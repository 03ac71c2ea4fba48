import { expect } from "chai";
import { evaluate } from "../../policy/evaluate.ts";
import { rules } from "../../policy/rules.ts";
import { type Waiver, waivers } from "../../policy/waivers.ts";
import { shippedStages } from "../infra/stages.ts";
import { resource } from "./examples/example.ts";

const topic = resource("sns/Topic", "events", {});
const encryption = rules.filter(({ name }) => name === "sns-encryption");
const waiver: Waiver = { control: "SNS.1", resource: "events", reason: "An example." };

function verdictWith(...waivers: readonly Waiver[]) {
  return evaluate({ inputs: [topic], outputs: [topic] }, { rules: encryption, waivers });
}

describe("waivers", () => {
  it("cover a violation by logical name or by type, with any of the rule's controls", () => {
    for (const each of [waiver, { ...waiver, resource: topic.type }, { ...waiver, control: "CKV_AWS_26" }]) {
      const { violations, waived, unused } = verdictWith(each);
      expect(violations).to.deep.equal([]);
      expect(waived.map((entry) => entry.waiver)).to.deep.equal([each]);
      expect(unused).to.deep.equal([]);
    }
  });

  it("cover a resource by its role in a pipeline of any name", () => {
    const topics = ["files-events", "files-fewer-events", "filesevents"].map((name) =>
      resource("sns/Topic", name, {}),
    );
    const verdict = evaluate({ inputs: topics, outputs: topics }, { rules: encryption, waivers: [waiver] });
    expect(verdict.violations.map(({ resource: { name } }) => name)).to.deep.equal(["filesevents"]);
  });

  it("cover no other resource and no other control", () => {
    for (const each of [
      { ...waiver, resource: "event" },
      { ...waiver, control: "SNS.4" },
    ]) {
      const { violations, unused } = verdictWith(each);
      expect(violations).to.have.lengthOf(1);
      expect(unused).to.deep.equal([each]);
    }
  });

  it("apply only to their stages", () => {
    const elsewhere = { ...waiver, stages: ["prod"] };
    const { violations, unused } = verdictWith(elsewhere);
    expect(violations).to.have.lengthOf(1);
    expect(unused).to.deep.equal([]);
    expect(verdictWith({ ...waiver, stages: ["prod", "example"] }).violations).to.deep.equal([]);
  });

  it("have a reason, a control that a rule enforces, and stages that exist", () => {
    const enforced = rules.flatMap(({ controls }) => controls);
    for (const { control, reason, stages: only = [] } of waivers) {
      expect(enforced).to.include(control);
      expect(reason).to.match(/^[A-Z].{20,}\.$/);
      expect(shippedStages).to.include.members([...only]);
    }
  });
});
