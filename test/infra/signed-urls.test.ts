import { generateKeyPairSync } from "node:crypto";
import { distributionSettings } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { all, namesOf, one, runConfig } from "./stages.ts";

const publicKey = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).publicKey;

describe("henkan:signedUrls", () => {
  const [current, next] = [publicKey(), publicKey()];
  const run = (...publicKeys: string[]) => runConfig({ signedUrls: { publicKeys } });

  it("makes every behaviour trust only the key group, locally and deployed", async () => {
    const graph = await run(next, current);
    const { defaultCacheBehavior, orderedCacheBehaviors } = one(graph, "cdn-distribution").inputs as {
      defaultCacheBehavior: { trustedKeyGroups: string[] };
      orderedCacheBehaviors: { trustedKeyGroups: string[] }[];
    };
    const groups = [one(graph, "cdn-key-group").id];
    for (const { trustedKeyGroups } of [defaultCacheBehavior, ...orderedCacheBehaviors]) {
      expect(trustedKeyGroups).to.deep.equal(groups);
    }
    const ids = all(graph, "PublicKey").map(({ id }) => id);
    expect(one(graph, "cdn-key-group").inputs.items).to.deep.equal(ids);
    const { defaultBehavior, orderedBehaviors } = distributionSettings(
      graph,
      graph.only("aws:cloudfront/distribution:Distribution"),
    );
    for (const { trustedKeys } of [defaultBehavior, ...orderedBehaviors]) {
      expect([...(trustedKeys?.keys() ?? [])]).to.deep.equal(ids);
    }
  });

  it("leaves a key as it is when another is added before it", async () => {
    const [before = ""] = namesOf(await run(current), "PublicKey");
    const between = namesOf(await run(next, current), "PublicKey");
    expect(new Set(between).size).to.equal(2);
    expect(between).to.include(before);
  });

  it("declares a key as CloudFront returns it, however it ends in the stage file", async () => {
    for (const pem of [current.trim(), current]) {
      const [key, ...others] = all(await run(pem), "PublicKey");
      expect(key?.inputs.encodedKey).to.equal(`${current.trim()}\n`);
      expect(others).to.deep.equal([]);
    }
  });

  it("leaves 403 what it is, since it may mean a bad signature", async () => {
    expect(one(await run(current), "cdn-distribution").inputs.customErrorResponses).to.deep.equal([
      { errorCode: 403, errorCachingMinTtl: 1 },
    ]);
  });
});
