import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { trialIdStart } from "../../contract/keys.ts";
import { all, configOf, one, runConfig, runStage, stages } from "./stages.ts";

const lifecycleOf = (graph: Graph, bucket: string) =>
  (one(graph, `${bucket}-lifecycle`).inputs.rules as { id: string; expiration: { days?: number } }[])
    .filter(({ id }) => id.startsWith("expire-") && !id.endsWith(trialIdStart))
    .map(({ expiration }) => expiration.days);

/** The settings by which stages differ, as their resources declare them. */
function settingsOf(graph: Graph) {
  return {
    account: graph.accountId,
    forceDestroy: one(graph, "uploads-bucket").inputs.forceDestroy,
    uploadsExpire: lifecycleOf(graph, "uploads"),
    outputsExpire: lifecycleOf(graph, "outputs"),
    logDays: [...new Set(all(graph, "LogGroup").map(({ inputs }) => inputs.retentionInDays))],
    logLevel: (one(graph, "zip-function").inputs.loggingConfig as { applicationLogLevel: string })
      .applicationLogLevel,
    concurrency: (one(graph, "zip-event-source").inputs.scalingConfig as { maximumConcurrency: number })
      .maximumConcurrency,
    requests: (one(graph, "upload-api-stage").inputs.defaultRouteSettings as { throttlingRateLimit: number })
      .throttlingRateLimit,
    authorization: [...new Set(all(graph, "Route").map(({ inputs }) => inputs.authorizationType))],
  };
}

describe("stage files", () => {
  const expected = {
    minimal: {
      account: "444444444444",
      forceDestroy: true,
      uploadsExpire: [],
      outputsExpire: [],
      logDays: [30],
      logLevel: "INFO",
      concurrency: 10,
      requests: 50,
      authorization: ["AWS_IAM"],
    },
    dev: {
      account: "111111111111",
      forceDestroy: true,
      uploadsExpire: [7],
      outputsExpire: [7, 7],
      logDays: [3],
      logLevel: "DEBUG",
      concurrency: 2,
      requests: 10,
      authorization: ["AWS_IAM"],
    },
    prod: {
      account: "333333333333",
      forceDestroy: false,
      uploadsExpire: [],
      outputsExpire: [],
      logDays: [365],
      logLevel: "WARN",
      concurrency: 100,
      requests: 500,
      authorization: ["JWT"],
    },
  };
  for (const [stage, settings] of Object.entries(expected)) {
    it(`give ${stage} its settings`, async () => {
      expect(settingsOf(await runStage(stage))).to.deep.equal(settings);
    });
  }

  for (const stage of stages) {
    it(`declare for a stage of another name what they declare for ${stage}`, async () => {
      const renamed = await runConfig({}, { provider: configOf(stage), stage: "renamed" });
      const original = await runStage(stage);
      expect(settingsOf(renamed)).to.deep.equal(settingsOf(original));
      const declared = (graph: Graph) => graph.resources.map(({ type, name }) => `${type} ${name}`);
      expect(declared(renamed)).to.have.members(declared(original));
    });
  }

  it("let what a trial leaves expire after a day, also where uploads and outputs are kept for ever", async () => {
    const prefixes = { uploads: ["ffffffff-"], outputs: ["files/ffffffff-", "receipts/ffffffff-"] };
    for (const stage of stages) {
      const graph = await runStage(stage);
      for (const [bucket, expected] of Object.entries(prefixes)) {
        const { rules } = one(graph, `${bucket}-lifecycle`).inputs as { rules: { id: string }[] };
        expect(rules.filter(({ id }) => id.endsWith(trialIdStart))).to.deep.equal(
          expected.map((prefix) => ({
            id: `expire-${prefix}`,
            status: "Enabled",
            filter: { prefix },
            expiration: { days: 1 },
          })),
        );
      }
    }
  });

  it("let outputs and receipts expire, but not the error page of the CDN", async () => {
    const { rules } = one(await runStage("dev"), "outputs-lifecycle").inputs as {
      rules: { filter: { prefix: string }; expiration: { days?: number } }[];
    };
    const prefixes = rules.filter(({ expiration }) => expiration.days).map(({ filter }) => filter.prefix);
    const expires = (key: string) => prefixes.some((prefix) => key.startsWith(prefix));
    const uploadId = "0198c5f0-8a2b-7c3d-9e4f-5a6b7c8d9e0f";
    expect(expires(`files/${uploadId}/thumbnail/garden.png`)).to.equal(true);
    expect(expires(`receipts/${uploadId}/thumbnail.json`)).to.equal(true);
    expect(expires(String(one(await runStage("dev"), "cdn-not-found").inputs.key))).to.equal(false);
  });
});
