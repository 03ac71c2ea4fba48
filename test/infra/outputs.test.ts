import { expect } from "chai";
import * as v from "valibot";
import { stackOutputs } from "../../contract/stack-outputs.ts";
import { everything } from "./fixtures/everything.ts";
import { runConfig } from "./stages.ts";

describe("the outputs of the stack", () => {
  const stages = { "the defaults": {}, "everything on": everything };
  for (const [what, settings] of Object.entries(stages)) {
    it(`follow contract's schema, with ${what}`, async () => {
      const { outputs } = await runConfig(settings);
      expect(Object.keys(outputs)).to.have.members(Object.keys(stackOutputs.entries));
      const { issues = [] } = v.safeParse(stackOutputs, outputs);
      expect(issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`)).to.deep.equal([]);
    });
  }
});
