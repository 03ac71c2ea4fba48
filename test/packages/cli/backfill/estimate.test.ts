import { prices, workloadCounter } from "@henkan/cli/cost";
import { expect } from "chai";
import { costOfRequests, estimate } from "../../../../packages/cli/backfill/estimate.ts";

describe("the estimate of a backfill", () => {
  it("prices events, messages and requests, and the command's own reads of the receipts", () => {
    const variants = [
      { name: "thumbnail", converter: "resize", options: { width: 300 } },
      { name: "jpg", converter: "png-to-jpg", options: {} },
      { name: "archive", converter: "zip", options: {} },
    ];
    const counter = workloadCounter(variants);
    counter.add({ key: "id/a.png", bytes: 2_000_000 }, [variants[1] ?? expect.fail("no variant")]);
    const { sns, sqs, s3, total, lambda } = estimate(1, counter.total());
    expect(sns).to.be.closeTo(2 * prices.sns.publish, 1e-12);
    expect(sqs).to.be.closeTo(3 * 3 * prices.sqs.request, 1e-12);
    // The converter reads the upload and a receipt, and the command reads the receipt six times.
    expect(s3).to.be.closeTo(8 * prices.s3.get + 2 * prices.s3.putOrList, 1e-12);
    expect(total).to.be.closeTo(lambda + s3 + sns + sqs, 1e-12);
  });

  it("prices the requests of the plan", () => {
    expect(costOfRequests({ list: 2, get: 3 })).to.be.closeTo(2 * 5e-6 + 3 * 0.4e-6, 1e-15);
  });
});
