import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { parse } from "yaml";
import { trialIdStart } from "../../contract/keys.ts";
import { all, one, repository, runConfig, runStage, stages } from "./stages.ts";

const lifecycleOf = (graph: Graph, bucket: string) =>
  (one(graph, `${bucket}-lifecycle`).inputs.rules as { id: string; expiration: { days?: number } }[])
    .filter(({ id }) => id.startsWith("expire-") && !id.endsWith(trialIdStart))
    .map(({ expiration }) => expiration.days);

/** The settings by which stages differ, as AWS would be told them. */
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
    test: {
      account: "222222222222",
      forceDestroy: true,
      uploadsExpire: [30],
      outputsExpire: [30, 30],
      logDays: [14],
      logLevel: "INFO",
      concurrency: 10,
      requests: 100,
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
    it(`make ${stage} what it is`, async () => {
      expect(settingsOf(await runStage(stage))).to.deep.equal(settings);
    });
  }

  for (const stage of stages) {
    it(`make a stage of another name the same as ${stage}`, async () => {
      const { config } = parse(await readFile(join(repository, `Pulumi.${stage}.yaml`), "utf8"));
      const own = Object.entries(config).filter(([key]) => key.startsWith("henkan:"));
      const settings = Object.fromEntries(own.map(([key, value]) => [key.replace("henkan:", ""), value]));
      const renamed = await runConfig(settings, { provider: config, stage: "renamed" });
      const original = await runStage(stage);
      expect(settingsOf(renamed)).to.deep.equal(settingsOf(original));
      const declared = (graph: Graph) => graph.resources.map(({ type, name }) => `${type} ${name}`);
      expect(declared(renamed)).to.have.members(declared(original));
    });
  }

  it("expire after a day what a trial has left behind, also where uploads and outputs are kept for ever", async () => {
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

  it("expire what converters made and not the CDN's error page", async () => {
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
