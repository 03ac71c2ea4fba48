import { expect } from "chai";
import { stageVariants } from "../../../../packages/cli/backfill/stage-variants.ts";

const declared = [
  { name: "thumbnail", converter: "resize", options: { width: 300 } },
  { name: "archive", converter: "zip", options: {} },
];

describe("variants of a stage", () => {
  it("names the declared variants when an unknown one is wanted", () => {
    expect(() => stageVariants("dev", declared, ["thumb"])).to.throw(
      'Stage dev declares no variant "thumb". Its variants: thumbnail, archive',
    );
  });

  it("asks for the deployed version when a converter is unknown", () => {
    const unknown = [{ name: "text", converter: "ocr", options: {} }];
    expect(() => stageVariants("prod", unknown, [])).to.throw('Stage prod has a converter "ocr"');
  });
});
