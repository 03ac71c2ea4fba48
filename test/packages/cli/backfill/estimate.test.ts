import { expect } from "chai";
import { estimate } from "../../../../packages/cli/backfill/estimate.ts";
import { prices } from "../../../../packages/cli/backfill/prices.ts";
import { stageVariants } from "../../../../packages/cli/backfill/stage-variants.ts";
import { workloadCounter } from "../../../../packages/cli/backfill/workload.ts";

const MiB = 2 ** 20;
const { all } = stageVariants(
  "dev",
  [
    { name: "thumbnail", converter: "resize", options: { width: 300 } },
    { name: "preview", converter: "resize", options: { width: 1280 } },
    { name: "jpg", converter: "png-to-jpg", options: {} },
    { name: "archive", converter: "zip", options: {} },
  ],
  [],
);
const named = (...names: string[]) => all.filter(({ name }) => names.includes(name));

describe("what a backfill costs", () => {
  it("counts every converter that an event reaches, and reading for those that have something to make", () => {
    const counter = workloadCounter(all);
    counter.add({ key: "id/a.png", bytes: 2 * MiB }, named("jpg"));
    counter.add({ key: "id/b.jpg", bytes: 1 * MiB }, named("thumbnail", "preview"));
    counter.add({ key: "id/c.txt", bytes: 3 * MiB }, named("archive"));
    const [resize, pngToJpg, zip] = counter.total();
    expect(resize).to.include({ messages: 2, uploads: 1, bytes: 1 * MiB, variants: 2, receipts: 2 });
    expect(pngToJpg).to.include({ messages: 1, uploads: 1, bytes: 2 * MiB, variants: 1, receipts: 1 });
    expect(zip).to.include({ messages: 3, uploads: 1, bytes: 3 * MiB, variants: 1, receipts: 1 });
  });

  it("prices messages and requests by the piece", () => {
    const counter = workloadCounter(all);
    counter.add({ key: "id/a.png", bytes: 2 * MiB }, named("jpg"));
    const { sns, sqs, s3, total, lambda } = estimate(1, counter.total());
    expect(sns).to.be.closeTo(2 * prices.sns.publish, 1e-12);
    expect(sqs).to.be.closeTo(3 * 3 * prices.sqs.request, 1e-12);
    // The upload, a receipt by its converter and six looks for it; an output and its receipt.
    expect(s3).to.be.closeTo(8 * prices.s3.get + 2 * prices.s3.putOrList, 1e-12);
    expect(total).to.be.closeTo(lambda + s3 + sns + sqs, 1e-12);
  });

  it("grows with the bytes, with the variants and, for AVIF, manyfold", () => {
    const lambdaOf = (bytes: number, converter: string, options: object, variants = 1) => {
      const declared = Array.from({ length: variants }, (_, index) => ({
        name: `v${index}`,
        converter,
        options,
      }));
      const own = stageVariants("dev", declared, []).all;
      const counter = workloadCounter(own);
      counter.add({ key: "id/a.png", bytes }, own);
      return estimate(1, counter.total()).lambda;
    };
    expect(lambdaOf(50 * MiB, "resize", {})).to.be.above(2 * lambdaOf(1 * MiB, "resize", {}));
    expect(lambdaOf(MiB, "resize", {}, 4)).to.be.above(2 * lambdaOf(MiB, "resize", {}));
    expect(lambdaOf(MiB, "resize", { format: "avif" })).to.be.above(
      2 * lambdaOf(MiB, "resize", { format: "webp" }),
    );
  });

  it("knows the requests of an archive that goes up in parts", () => {
    const counter = workloadCounter(named("archive"));
    counter.add({ key: "id/a.bin", bytes: 50 * MiB }, named("archive"));
    expect(estimate(1, counter.total()).s3).to.be.closeTo(
      (1 + 1 + 6) * prices.s3.get + (2 + 7 + 1) * prices.s3.putOrList,
      1e-12,
    );
  });
});

describe("variants of a stage", () => {
  it("names those declared when another is wanted", () => {
    expect(() => stageVariants("dev", all, ["thumb"])).to.throw(
      'Stage dev declares no variant "thumb". Its variants: thumbnail, preview, jpg, archive',
    );
  });

  it("asks for the deployed version when a converter is unknown", () => {
    const declared = [{ name: "text", converter: "ocr", options: {} }];
    expect(() => stageVariants("prod", declared, [])).to.throw('Stage prod has a converter "ocr"');
  });
});
