import { expect } from "chai";
import type { Receipt } from "../../../../contract/receipt.ts";
import { type OutstandingUpload, withLedger } from "../../../../packages/cli/backfill/ledger.ts";
import { looksUntil, msToNextLook } from "../../../../packages/cli/backfill/looks.ts";
import {
  type BackfillOutcome,
  type RemakingOptions,
  remake,
  uploadsUnderWay,
} from "../../../../packages/cli/backfill/remaking.ts";

function outstanding(index: number): OutstandingUpload {
  const uploadId = `id-${index}`;
  return { uploadId, key: `${uploadId}/a.png`, etag: "e", bytes: 1, variants: ["a", "b"], failed: [] };
}

function receipt(variant: string, state: "ready" | "failed"): Receipt {
  const common = {
    uploadId: "id",
    variant,
    converter: "resize",
    source: { etag: "e", bytes: 1 },
    settings: "s",
    at: "2026-11-23T00:00:00Z",
  };
  return state === "ready"
    ? { ...common, state, path: "p", contentType: "image/png", bytes: 1 }
    : { ...common, state, error: { code: "corrupt-input", message: "no" } };
}

/** Remakes `total` uploads by a simulated clock. `options` replace the defaults of the test. */
function remakeUploads(total: number, options: Partial<RemakingOptions>) {
  const clock = { now: 0 };
  const publishedAt: number[] = [];
  const outcome = withLedger(async (ledger) => {
    await ledger.append(Array.from({ length: total }, (_, index) => outstanding(index)));
    return remake(ledger, {
      total,
      rate: 10,
      patienceMs: 60_000,
      publish: async () => {
        publishedAt.push(clock.now);
      },
      receiptOf: async (_, variant) => receipt(variant, "ready"),
      now: () => clock.now,
      sleep: async (milliseconds) => {
        clock.now += milliseconds;
      },
      onProgress: () => {},
      ...options,
    });
  });
  return { outcome, clock, publishedAt };
}

describe("checks of an upload", () => {
  it("come after half its age, within bounds and the time limit", () => {
    const patience = 300_000;
    expect([0, 1_000, 10_000, 60_000, 3_600_000].map((age) => msToNextLook(age, patience))).to.deep.equal([
      1_000, 1_000, 5_000, 30_000, 30_000,
    ]);
    expect([msToNextLook(3_600_000, 20_000), msToNextLook(0, 1_000)]).to.deep.equal([10_000, 500]);
  });

  it("are few for uploads that are converted at once, and for those that wait in a queue", () => {
    expect([500, 1_000, 2_000, 10_000, 300_000].map(looksUntil)).to.deep.equal([1, 1, 2, 6, 19]);
  });
});

describe("remake", () => {
  it("publishes each upload once, in order, no faster than asked", async () => {
    const keys: string[] = [];
    const { outcome, publishedAt } = remakeUploads(95, { rate: 10 });
    expect(await outcome).to.deep.equal({
      published: 95,
      unpublished: 0,
      ready: 190,
      failed: 0,
      pending: 0,
      failures: [],
    });
    expect(publishedAt).to.have.length(95);
    for (let second = 0; second < 9; second++) {
      const inSecond = publishedAt.filter((at) => at >= second * 1_000 && at < (second + 1) * 1_000);
      expect(inSecond.length).to.be.at.most(10);
    }
    await remakeUploads(45, {
      rate: 300,
      publish: async ({ key }) => {
        keys.push(key);
      },
    }).outcome;
    expect(keys).to.deep.equal(Array.from({ length: 45 }, (_, index) => outstanding(index).key));
  });

  it("counts variants, and names the first failed ones with their reasons", async () => {
    const { outcome } = remakeUploads(20, {
      receiptOf: async (_, variant) => receipt(variant, variant === "a" ? "ready" : "failed"),
    });
    const { ready, failed, failures } = await outcome;
    expect([ready, failed, failures.length]).to.deep.equal([20, 20, 10]);
    expect(failures[0]).to.deep.equal({
      key: "id-0/a.png",
      variant: "b",
      code: "corrupt-input",
      message: "no",
    });
  });

  it("stops publishing when no variant gets finished, and fails after the time limit", async () => {
    const { outcome, clock } = remakeUploads(uploadsUnderWay + 100, {
      rate: 300,
      receiptOf: async ({ key }, variant) => (key === "id-0/a.png" ? receipt(variant, "ready") : undefined),
    });
    expect(await outcome).to.include({
      published: uploadsUnderWay + 1,
      unpublished: 99,
      ready: 2,
      pending: 2 * uploadsUnderWay,
    });
    expect(clock.now).to.be.above(60_000);
  });

  it("waits as long as variants still get finished", async () => {
    const run = remakeUploads(4, {
      patienceMs: 30_000,
      receiptOf: async ({ key }, variant) =>
        run.clock.now > 25_000 * Number(key.slice(3, 4)) ? receipt(variant, "ready") : undefined,
    });
    expect((await run.outcome).pending).to.equal(0);
    expect(run.clock.now).to.be.above(75_000);
  });

  it("checks an upload again after half its age, from a second to half a minute", async () => {
    const looks: number[] = [];
    const run = remakeUploads(1, {
      receiptOf: async (_, variant) => {
        if (variant === "a") return receipt(variant, "ready");
        looks.push(run.clock.now);
        return run.clock.now >= 200_000 ? receipt(variant, "ready") : undefined;
      },
      patienceMs: 300_000,
    });
    expect((await run.outcome).pending).to.equal(0);
    const poll = 500;
    expect(looks[0]).to.be.within(1_000, 1_000 + poll);
    for (const [index, look] of looks.slice(1).entries()) {
      const before = looks[index] ?? 0;
      const wait = Math.min(30_000, Math.max(1_000, before / 2));
      expect(look - before).to.be.within(wait, wait + poll);
    }
    expect(looks.length).to.be.at.most(looksUntil(200_000));
  });

  it("makes few requests for many uploads behind slow converters", async () => {
    const waiting = new Map<string, number>();
    let asked = 0;
    const run = remakeUploads(1_000, {
      rate: 300,
      publish: async ({ key }) => {
        waiting.set(key, waiting.size);
      },
      // Two uploads are finished a second.
      receiptOf: async ({ key }, variant) => {
        asked++;
        return (waiting.get(key) ?? 0) * 500 < run.clock.now ? receipt(variant, "ready") : undefined;
      },
    });
    expect(await run.outcome).to.include({ ready: 2_000, pending: 0 });
    expect(asked).to.be.below(2_000 * looksUntil(300_000));
  });

  it("checks once more before it fails, and at least twice within the time limit", async () => {
    const looks: number[] = [];
    const run = remakeUploads(1, {
      receiptOf: async (_, variant) => {
        if (variant === "a") looks.push(run.clock.now);
        return undefined;
      },
      patienceMs: 4_000,
    });
    expect(await run.outcome).to.include({ pending: 2 });
    expect(looks.at(-1)).to.equal(run.clock.now);
    expect(looks.filter((look) => look < 4_500).length).to.be.at.least(2);
  });

  it("has reported its progress when a publication fails", async () => {
    let last: BackfillOutcome | undefined;
    const { outcome } = remakeUploads(10, {
      publish: async ({ key }) => {
        if (key === "id-4/a.png") throw new Error("refused");
      },
      onProgress: (progress) => {
        last = progress;
      },
    });
    const error = await outcome.catch((error: Error) => error);
    expect(error).to.be.an("error").with.property("message", "refused");
    expect(last).to.include({ published: 4, unpublished: 6 });
  });
});
