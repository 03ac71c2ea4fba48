import { expect } from "chai";
import type { Conversion, Convert } from "../../../converters/converter.ts";
import { ConversionError } from "../../../converters/errors.ts";
import { conversionOutcomes } from "../../../proofs/corpus/conversion-outcomes.ts";
import { defectsOf } from "../../../proofs/corpus/defects.ts";
import type { JobResult } from "../../../proofs/corpus/messages.ts";

const source = {
  filename: "a.png",
  contentType: "image/png",
  bytes: 1,
  stream: () => Promise.reject(new Error("Nobody reads it")),
  file: () => Promise.reject(new Error("Nobody reads it")),
};
const memoryMb = 512;
const wanted = ["small", "large"];

/** Returns the defects of a converter that yields `conversions` and then throws `error`, for two requested variants. */
async function defectsAfter(
  conversions: readonly Conversion[],
  { error, peakMegabytes = 100 }: { error?: Error; peakMegabytes?: number } = {},
): Promise<string[]> {
  const convert: Convert<unknown> = async function* () {
    yield* conversions;
    if (error) throw error;
  };
  const variants = wanted.map((name) => ({ name, options: {} }));
  const outcomes = await conversionOutcomes(convert, source, variants, async (variant) => variant);
  const result: JobResult = { ...outcomes, peakMegabytes };
  return defectsOf({ expected: "any" }, "resize", wanted, result, memoryMb);
}

const failed = (variant: string): Conversion => ({
  variant,
  error: new ConversionError("corrupt-input", "It is damaged"),
});

describe("the corpus", () => {
  it("reports no defect when every variant has one outcome", async () => {
    expect(await defectsAfter([failed("small"), failed("large")])).to.deep.equal([]);
  });

  it("counts a thrown permanent error as the outcome of every variant without one", async () => {
    const error = new ConversionError("corrupt-input", "It is damaged");
    expect(await defectsAfter([failed("small")], { error })).to.deep.equal([]);
  });

  it("reports a variant without an outcome", async () => {
    expect(await defectsAfter([failed("large")])).to.deep.equal(["small has no outcome"]);
    expect(await defectsAfter([])).to.deep.equal(["small has no outcome", "large has no outcome"]);
  });

  it("reports a variant with two outcomes", async () => {
    const conversions = [failed("small"), failed("large"), failed("small")];
    expect(await defectsAfter(conversions)).to.deep.equal(["small has 2 outcomes"]);
  });

  it("reports a variant that was not requested", async () => {
    const conversions = [failed("small"), failed("large"), failed("huge")];
    expect(await defectsAfter(conversions)).to.deep.equal(["huge was not requested"]);
  });

  it("reports an error that is not a permanent one", async () => {
    expect(await defectsAfter([failed("small")], { error: new Error("Out of luck") })).to.deep.equal([
      "not a permanent error: Out of luck",
    ]);
  });

  it("reports a conversion that needs more memory than its function has", async () => {
    const defects = await defectsAfter([failed("small"), failed("large")], { peakMegabytes: memoryMb + 1 });
    expect(defects).to.deep.equal(["513 MB resident"]);
  });
});
