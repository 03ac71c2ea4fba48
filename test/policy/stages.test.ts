import { expect } from "chai";
import { evaluate, type Verdict } from "../../policy/evaluate.ts";
import { waivers } from "../../policy/waivers.ts";
import { stages } from "../infra/stages.ts";
import { stackOf } from "./stack.ts";

for (const stage of stages) {
  describe(`policy of ${stage}`, () => {
    let verdict: Verdict;

    before(async () => {
      verdict = evaluate(await stackOf(stage));
    });

    it("is kept but for the waivers", () => {
      expect(verdict.violations.map(({ message }) => message)).to.deep.equal([]);
    });

    it("needs every waiver of the stage", () => {
      const listed = waivers.filter(({ stages }) => stages === undefined || stages.includes(stage));
      expect([...new Set(verdict.waived.map(({ waiver }) => waiver))]).to.have.members(listed);
      expect(verdict.unused).to.deep.equal([]);
    });
  });
}
