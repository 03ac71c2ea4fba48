import { costOf, prices } from "@henkan/cli/cost";
import { expect } from "chai";

describe("costOf", () => {
  it("multiplies each unit by its price", () => {
    const units = {
      gigabyteSeconds: 1,
      invocations: 10,
      s3Gets: 100,
      s3Puts: 1_000,
      snsPublishes: 10_000,
      sqsRequests: 100_000,
    };
    const { lambda, s3, sns, sqs, total } = costOf(units);
    expect(lambda).to.be.closeTo(prices.lambda.gigabyteSecond + 10 * prices.lambda.request, 1e-12);
    expect(s3).to.be.closeTo(100 * prices.s3.get + 1_000 * prices.s3.putOrList, 1e-12);
    expect(sns).to.be.closeTo(10_000 * prices.sns.publish, 1e-12);
    expect(sqs).to.be.closeTo(100_000 * prices.sqs.request, 1e-12);
    expect(total).to.be.closeTo(lambda + s3 + sns + sqs, 1e-12);
  });

  it("counts what a usage does not name as 0", () => {
    const { lambda, s3, sns, sqs, total } = costOf({ s3Gets: 1e6 });
    expect([lambda, sns, sqs]).to.deep.equal([0, 0, 0]);
    expect([s3, total].map((dollars) => dollars.toFixed(6))).to.deep.equal(["0.400000", "0.400000"]);
  });
});
