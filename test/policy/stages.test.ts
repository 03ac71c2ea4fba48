import { buildPage } from "@henkan/build";
import { runProgram } from "@henkan/local-cloud";
import { expect } from "chai";
import { evaluate, type Verdict } from "../../policy/evaluate.ts";
import { waivers } from "../../policy/waivers.ts";
import { configOf, shippedStages, stageFiles } from "../infra/stages.ts";
import { stackFrom, stackOf } from "./stack.ts";

for (const stage of shippedStages) {
  describe(`policy of ${stage}`, () => {
    let verdict: Verdict;

    before(async () => {
      verdict = evaluate(await stackOf(stage));
    });

    it("has no violation that no waiver covers", () => {
      expect(verdict.violations.map(({ message }) => message)).to.deep.equal([]);
    });

    it("needs every waiver of the stage", () => {
      const listed = waivers.filter(({ stages }) => stages === undefined || stages.includes(stage));
      expect([...new Set(verdict.waived.map(({ waiver }) => waiver))]).to.have.members(listed);
      expect(verdict.unused).to.deep.equal([]);
    });
  });
}

describe("policy of a stage with a page", () => {
  const auth = { kind: "jwt", issuer: "https://issuer.example.com", audience: ["henkan"], clientId: "page" };
  before(() => buildPage());

  for (const stage of ["dev", "prod"]) {
    it(`has no other violations than ${stage} without a page`, async () => {
      const overrides = { "henkan:page": true, "henkan:auth": auth };
      const graph = await runProgram({ projectDirectory: stageFiles, stage, overrides });
      const { violations, unused } = evaluate(stackFrom(graph, configOf(stage)["aws:defaultTags"]));
      expect(violations.map(({ message }) => message)).to.deep.equal([]);
      expect(unused).to.deep.equal([]);
    });
  }
});
