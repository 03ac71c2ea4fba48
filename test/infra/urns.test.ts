import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { configOf, repository, runConfig, shippedStages } from "./stages.ts";

/** The list of URNs, without `urn:pulumi:STAGE::henkan::`. To record it anew, run this file with RECORD_URNS=1. */
const recorded = join(repository, "test/infra/urns.json");

/**
 * A resource whose URN changes is deleted and created anew in every deployed stage, with the objects in it. So a
 * resource that moves keeps its former URN as an alias, in the options of its constructor.
 */
const advice = `has moved: give it an alias, or its deployed resource is replaced.
  renamed:          { aliases: [{ name: "FORMER-NAME" }] }
  another parent:   { aliases: [{ parent: FORMER_PARENT }] }, or { aliases: [{ parent: pulumi.rootStackResource }] }
  another type:     { aliases: [{ type: "FORMER:TYPE:TOKEN" }] }
Then record the list anew: RECORD_URNS=1 npx mocha test/infra/urns.test.ts`;

async function urnsOf(stage: string): Promise<string[]> {
  const program = "test/infra/fixtures/urns.ts";
  const { outputs } = await runConfig({}, { provider: configOf(stage), stage, program });
  return (outputs.urns as string[]).filter((urn) => !urn.startsWith("pulumi:pulumi:Stack")).sort();
}

describe("URNs", () => {
  before(async () => {
    if (process.env.RECORD_URNS !== "1") return;
    const lists: Record<string, string[]> = {};
    for (const stage of shippedStages) lists[stage] = await urnsOf(stage);
    await writeFile(recorded, `${JSON.stringify(lists, null, 2)}\n`);
  });

  for (const stage of shippedStages) {
    it(`of ${stage} stay as they were recorded`, async () => {
      const expected: string[] = JSON.parse(await readFile(recorded, "utf8"))[stage];
      const found = await urnsOf(stage);
      expect(found.length).to.equal(new Set(found).size);
      const moved = expected.filter((urn) => !found.includes(urn));
      expect(moved, `${moved[0]} ${advice}`).to.deep.equal([]);
      const added = found.filter((urn) => !expected.includes(urn));
      expect(added, "new resources: record the list anew, see above").to.deep.equal([]);
    });
  }
});
