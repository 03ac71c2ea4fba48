import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import type { Graph } from "../../local/graph.ts";
import { addressRewriter } from "../../local/wiring/addresses.ts";
import { distributionSettings } from "../../local/wiring/delivery.ts";
import { all, arnOf, one, runConfig, runStage, statements } from "./stages.ts";

const account = "123456789012";
const allowKey = (Action: string | string[], Resource: string) => ({ Effect: "Allow", Action, Resource });
const useOfKey = ["kms:Decrypt", "kms:GenerateDataKey"];
const publicKey = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).publicKey;
const namesOf = (graph: Graph, type: string) => all(graph, type).map(({ name }) => name);

const hardeningTypes = ["Key", "KeyPolicy", "WebAcl", "BucketLogging", "LogDelivery", "KeyGroup", "Record"];
const hardeningOf = (graph: Graph) => hardeningTypes.flatMap((type) => namesOf(graph, type));

describe("hardening", () => {
  it("is off unless a stage asks for it", async () => {
    const graph = await runConfig({});
    expect(hardeningOf(graph)).to.deep.equal([]);
    expect(one(graph, "cdn-distribution").inputs).not.to.have.any.keys("webAclId", "aliases");
  });

  it("is off in dev and test", async () => {
    for (const stage of ["dev", "test"]) {
      expect(hardeningOf(await runStage(stage)), stage).to.deep.equal([]);
    }
  });

  it("is a firewall, customer managed keys and access logs in prod", async () => {
    expect(hardeningOf(await runStage("prod"))).to.have.members([
      "storage-key",
      "storage-key-policy",
      "messages-key",
      "messages-key-policy",
      "cdn-web-acl",
      "access-logs-of-uploads",
      "access-logs-of-outputs",
      "access-logs-cdn-delivery",
    ]);
  });
});

describe("henkan:kms", () => {
  let graph: Graph;
  let storage: string;
  let messages: string;

  before(async () => {
    graph = await runConfig({ kms: true });
    storage = arnOf(graph, "storage-key");
    messages = arnOf(graph, "messages-key");
  });

  it("makes two keys that rotate and are slow to die", () => {
    for (const { inputs } of all(graph, "Key")) {
      expect(inputs).to.deep.include({ enableKeyRotation: true, deletionWindowInDays: 30 });
    }
  });

  it("encrypts buckets with one of them, asking it once for many objects", () => {
    for (const name of ["uploads", "outputs"]) {
      expect(one(graph, `${name}-encryption`).inputs.rules).to.deep.equal([
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: storage },
          bucketKeyEnabled: true,
        },
      ]);
    }
  });

  it("encrypts the pipeline's topics and queues with the other", () => {
    const encrypted = [
      one(graph, "uploads-topic"),
      one(graph, "conversions-topic"),
      ...all(graph, "Queue").filter(({ name }) => /^(resize|png-to-jpg|zip)-/.test(name)),
    ];
    expect(encrypted).to.have.lengthOf(11);
    for (const { name, inputs } of encrypted) {
      expect(inputs.kmsMasterKeyId, name).to.equal(messages);
      expect(inputs, name).not.to.have.property("sqsManagedSseEnabled");
    }
  });

  function accountStatements(key: string, services: string[]) {
    const Principal = { AWS: `arn:aws:iam::${account}:root` };
    return [
      {
        Sid: "AdministeredByAccount",
        Effect: "Allow",
        Principal,
        Action: [
          "kms:CancelKeyDeletion",
          "kms:DescribeKey",
          "kms:DisableKey",
          "kms:DisableKeyRotation",
          "kms:EnableKey",
          "kms:EnableKeyRotation",
          "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus",
          "kms:ListGrants",
          "kms:ListKeyPolicies",
          "kms:ListResourceTags",
          "kms:PutKeyPolicy",
          "kms:RevokeGrant",
          "kms:ScheduleKeyDeletion",
          "kms:TagResource",
          "kms:UntagResource",
          "kms:UpdateKeyDescription",
        ],
        Resource: key,
      },
      {
        Sid: "UsedByRolesOfAccount",
        Principal,
        ...allowKey(useOfKey, key),
        Condition: { StringEquals: { "kms:ViaService": services } },
      },
    ];
  }

  it("lets roles use the storage key through S3 alone, and the distribution decrypt", () => {
    expect(statements(one(graph, "storage-key-policy"))).to.deep.equal([
      ...accountStatements(storage, ["s3.eu-central-1.amazonaws.com"]),
      {
        ...allowKey("kms:Decrypt", storage),
        Principal: { Service: "cloudfront.amazonaws.com" },
        Condition: { StringEquals: { "AWS:SourceArn": arnOf(graph, "cdn-distribution") } },
      },
    ]);
  });

  it("lets the uploads bucket publish and the uploads topic deliver with the messages key", () => {
    expect(statements(one(graph, "messages-key-policy"))).to.deep.equal([
      ...accountStatements(messages, ["sns.eu-central-1.amazonaws.com", "sqs.eu-central-1.amazonaws.com"]),
      {
        ...allowKey(useOfKey, messages),
        Principal: { Service: "s3.amazonaws.com" },
        Condition: {
          ArnEquals: { "aws:SourceArn": arnOf(graph, "uploads-bucket") },
          StringEquals: { "aws:SourceAccount": account },
        },
      },
      {
        ...allowKey(useOfKey, messages),
        Principal: { Service: "sns.amazonaws.com" },
        Condition: { ArnEquals: { "aws:SourceArn": arnOf(graph, "uploads-topic") } },
      },
    ]);
  });

  it("lets S3 use the key before the bucket notifies, however long that takes", async () => {
    const { resources } = await runConfig({}, { program: "test/infra/fixtures/slow-key-policy.ts" });
    expect(resources.map(({ name }) => name).slice(-2)).to.deep.equal([
      "slow-key-policy",
      "uploads-notification",
    ]);
  });

  const keyStatements = (name: string) =>
    statements(one(graph, `${name}-permissions`)).filter(({ Action }) => String(Action).includes("kms:"));

  it("gives converters both keys, and the upload API the one of the buckets", () => {
    for (const name of ["resize", "png-to-jpg", "zip"]) {
      expect(keyStatements(name)).to.deep.equal([
        { Effect: "Allow", Action: useOfKey, Resource: [storage, messages] },
      ]);
    }
    expect(keyStatements("upload-api")).to.deep.equal([allowKey(useOfKey, storage)]);
  });
});

describe("henkan:waf", () => {
  it("puts AWS's managed rules and a rate limit in front of the CDN, from us-east-1", async () => {
    const graph = await runConfig({ waf: true, wafRateLimit: 500 });
    const { attributes, inputs } = one(graph, "cdn-web-acl");
    expect(inputs).to.deep.include({
      region: "us-east-1",
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
    });
    expect(one(graph, "cdn-distribution").inputs.webAclId).to.equal(attributes.arn);
    const rules = inputs.rules as { name: string; priority: number; statement: object; action?: object }[];
    expect(rules.map(({ name, priority }) => [priority, name])).to.deep.equal([
      [0, "AWSManagedRulesAmazonIpReputationList"],
      [1, "AWSManagedRulesCommonRuleSet"],
      [2, "AWSManagedRulesKnownBadInputsRuleSet"],
      [3, "RateLimit"],
    ]);
    expect(rules[3]).to.deep.include({
      action: { block: {} },
      statement: { rateBasedStatement: { limit: 500, aggregateKeyType: "IP" } },
    });
  });

  it("logs what it blocks without the signatures of signed URLs", async () => {
    const graph = await runConfig({ waf: true });
    const { inputs } = one(graph, "cdn-web-acl-logging");
    expect(inputs).to.deep.include({
      resourceArn: arnOf(graph, "cdn-web-acl"),
      logDestinationConfigs: [arnOf(graph, "cdn-web-acl-logs")],
      redactedFields: [{ queryString: {} }],
    });
    expect(one(graph, "cdn-web-acl-logs").inputs).to.deep.include({
      region: "us-east-1",
      name: "aws-waf-logs-henkan-made-up-cdn",
    });
  });
});

describe("henkan:accessLogs", () => {
  let graph: Graph;
  let bucket: string;

  before(async () => {
    graph = await runConfig({ accessLogs: true, kms: true, logRetentionDays: 14 });
    bucket = String(one(graph, "access-logs-bucket").id);
  });

  it("logs both buckets into a third", () => {
    for (const name of ["uploads", "outputs"]) {
      expect(one(graph, `access-logs-of-${name}`).inputs).to.deep.equal({
        bucket: one(graph, `${name}-bucket`).id,
        targetBucket: bucket,
        targetPrefix: "s3/",
        targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
      });
    }
  });

  it("delivers the CDN's log there, without what would let a reader fetch signed URLs", () => {
    const { inputs } = one(graph, "access-logs-cdn-delivery");
    expect(inputs).to.deep.include({
      region: "us-east-1",
      deliverySourceName: one(graph, "access-logs-cdn-source").id,
      deliveryDestinationArn: arnOf(graph, "access-logs-cdn-destination"),
    });
    expect(inputs.recordFields).to.include("cs-uri-stem");
    expect(inputs.recordFields).not.to.include.oneOf(["cs-uri-query", "cs(Cookie)"]);
    expect(one(graph, "access-logs-cdn-source").inputs.resourceArn).to.equal(
      arnOf(graph, "cdn-distribution"),
    );
    expect(one(graph, "access-logs-cdn-destination").inputs.deliveryDestinationConfiguration).to.deep.equal({
      destinationResourceArn: `arn:aws:s3:::${bucket}`,
    });
  });

  it("lets only log delivery write, for these buckets and this distribution", () => {
    const arn = `arn:aws:s3:::${bucket}`;
    const write = (service: string, path: string, source: string | string[]) => ({
      Effect: "Allow",
      Principal: { Service: service },
      Action: "s3:PutObject",
      Resource: `${arn}/${path}`,
      Condition: {
        ArnEquals: { "aws:SourceArn": source },
        StringEquals: { "aws:SourceAccount": account },
      },
    });
    const [tls, ...allowed] = statements(one(graph, "access-logs-policy"));
    expect(tls).to.include({ Effect: "Deny", Action: "s3:*" });
    expect(allowed).to.deep.equal([
      write("logging.s3.amazonaws.com", "s3/*", [
        arnOf(graph, "uploads-bucket"),
        arnOf(graph, "outputs-bucket"),
      ]),
      write("delivery.logs.amazonaws.com", `AWSLogs/${account}/*`, arnOf(graph, "access-logs-cdn-source")),
    ]);
  });

  it("keeps the logs private, for as long as other logs, under a key that S3's log delivery can use", () => {
    expect(one(graph, "access-logs-public-access").inputs).to.include({ restrictPublicBuckets: true });
    expect(one(graph, "access-logs-encryption").inputs.rules).to.deep.equal([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    const rules = one(graph, "access-logs-lifecycle").inputs.rules as { id: string; expiration: object }[];
    expect(rules.find(({ id }) => id === "expire-all")?.expiration).to.deep.equal({ days: 14 });
  });
});

describe("henkan:signedUrls", () => {
  const [current, next] = [publicKey(), publicKey()];
  const run = (...publicKeys: string[]) => runConfig({ signedUrls: { publicKeys } });

  it("makes every behaviour trust the key group alone, here as on AWS", async () => {
    const graph = await run(current, next);
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
    const { defaultBehavior, orderedBehaviors } = distributionSettings(graph);
    for (const { trustedKeys } of [defaultBehavior, ...orderedBehaviors]) {
      expect([...(trustedKeys?.keys() ?? [])]).to.deep.equal(ids);
    }
  });

  it("leaves a key as it is while another comes and goes", async () => {
    const before = namesOf(await run(current), "PublicKey");
    const between = namesOf(await run(next, current), "PublicKey");
    const after = namesOf(await run(next), "PublicKey");
    expect(between).to.have.members([...before, ...after]);
    expect(before).not.to.deep.equal(after);
  });

  it("gives CloudFront a key as CloudFront gives it back, however it ends in the stage file", async () => {
    for (const pem of [current.trim(), `${current}\n`]) {
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

describe("henkan:domain", () => {
  const domain = {
    name: "files.example.com",
    certificateArn: `arn:aws:acm:us-east-1:${account}:certificate/0198c5f0-8a2b-4c3d-9e4f-5a6b7c8d9e0f`,
  };

  it("gives the CDN its name and a certificate that refuses old TLS", async () => {
    const graph = await runConfig({ domain });
    expect(one(graph, "cdn-distribution").inputs).to.deep.include({
      aliases: ["files.example.com"],
      viewerCertificate: {
        acmCertificateArn: domain.certificateArn,
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      },
    });
    expect(all(graph, "Record")).to.deep.equal([]);
  });

  it("stands in every URL", async () => {
    const graph = await runConfig({ domain });
    expect(graph.outputs.cdnUrl).to.equal("https://files.example.com");
    const environments = ["zip", "upload-api"].map(
      (name) => one(graph, `${name}-function`).inputs.environment,
    );
    for (const environment of environments) {
      expect(environment).to.have.nested.property("variables.CDN_URL", "https://files.example.com");
    }
  });

  it("is replaced by the local CDN's address here, as CloudFront's own name is", async () => {
    const graph = await runConfig({ domain });
    const localise = addressRewriter(graph, { cdn: "http://127.0.0.1:4602" });
    const names = ["files.example.com", one(graph, "cdn-distribution").attributes.domainName];
    for (const name of names)
      expect(localise(`https://${name}/a.jpg`)).to.equal("http://127.0.0.1:4602/a.jpg");
  });

  it("points the domain at the CDN over IPv4 and IPv6 when its zone is known", async () => {
    const graph = await runConfig({ domain: { ...domain, hostedZoneId: "Z0123456789" } });
    const alias = {
      name: one(graph, "cdn-distribution").attributes.domainName,
      zoneId: "Z2FDTNDATAQYW2",
      evaluateTargetHealth: false,
    };
    const record = { zoneId: "Z0123456789", name: "files.example.com", aliases: [alias] };
    expect(all(graph, "Record").map(({ inputs }) => inputs)).to.have.deep.members([
      { ...record, type: "A" },
      { ...record, type: "AAAA" },
    ]);
  });
});
