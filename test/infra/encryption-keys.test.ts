import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { accountId, all, arnOf, one, roleOf, runConfig, type Statement, statements } from "./stages.ts";

const allowKey = (Action: string | string[], Resource: string) => ({ Effect: "Allow", Action, Resource });
const useOfKey = ["kms:Decrypt", "kms:GenerateDataKey"];
/** The actions that regain control of a key and cancel its deletion. */
const recovery = ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"];
/** Actions that read or write protected data, or let others do so. IAM ignores the case of actions. */
const cryptographic = /^kms:(Decrypt$|Encrypt$|ReEncrypt|GenerateDataKey|CreateGrant$)/i;

describe("henkan:kms", () => {
  let graph: Graph;
  let storage: string;
  let messages: string;

  before(async () => {
    graph = await runConfig({ kms: true });
    storage = arnOf(graph, "storage-key");
    messages = arnOf(graph, "messages-key");
  });

  it("makes two keys that rotate and can be restored for 30 days", () => {
    for (const { inputs } of all(graph, "Key")) {
      expect(inputs).to.deep.include({ enableKeyRotation: true, deletionWindowInDays: 30 });
    }
  });

  it("encrypts buckets with one of them, with bucket keys", () => {
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
      ...all(graph, "Queue").filter((queue) => /^(resize|png-to-jpg|zip)-/.test(roleOf(queue))),
    ];
    expect(encrypted).to.have.lengthOf(11);
    for (const { name, inputs } of encrypted) {
      expect(inputs.kmsMasterKeyId, name).to.equal(messages);
      expect(inputs, name).not.to.have.property("sqsManagedSseEnabled");
    }
  });

  /** Checks the account's statements in a key policy, and returns the other statements. */
  function othersIn(policy: string, key: string, services: string[]): Statement[] {
    const [administered, used, ...others] = statements(one(graph, policy));
    const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
    const { Action = [], ...scope } = administered ?? {};
    expect(scope).to.deep.equal({ Sid: "AdministeredByAccount", Effect: "Allow", Principal, Resource: key });
    expect(Action).to.include.members(recovery);
    for (const action of Action) {
      expect(action, "no wildcard").to.match(/^kms:[A-Za-z]+$/);
      expect(action).not.to.match(cryptographic);
    }
    expect(used).to.deep.equal({
      Sid: "UsedByRolesOfAccount",
      Principal,
      ...allowKey(useOfKey, key),
      Condition: { StringEquals: { "kms:ViaService": services } },
    });
    return others;
  }

  it("lets roles use the storage key only through S3, and the distribution decrypt", () => {
    expect(othersIn("storage-key-policy", storage, ["s3.eu-central-1.amazonaws.com"])).to.deep.equal([
      {
        ...allowKey("kms:Decrypt", storage),
        Principal: { Service: "cloudfront.amazonaws.com" },
        Condition: { StringEquals: { "AWS:SourceArn": arnOf(graph, "cdn-distribution") } },
      },
    ]);
  });

  it("lets the uploads bucket publish and the uploads topic deliver with the messages key", () => {
    const services = ["sns.eu-central-1.amazonaws.com", "sqs.eu-central-1.amazonaws.com"];
    expect(othersIn("messages-key-policy", messages, services)).to.deep.equal([
      {
        ...allowKey(useOfKey, messages),
        Principal: { Service: "s3.amazonaws.com" },
        Condition: {
          ArnEquals: { "aws:SourceArn": arnOf(graph, "uploads-bucket") },
          StringEquals: { "aws:SourceAccount": accountId },
        },
      },
      {
        ...allowKey(useOfKey, messages),
        Principal: { Service: "sns.amazonaws.com" },
        Condition: { ArnEquals: { "aws:SourceArn": arnOf(graph, "uploads-topic") } },
      },
    ]);
  });

  it("lets S3 use the key before the bucket notifies, however slow the key policy is", async () => {
    const { resources } = await runConfig({}, { program: "test/infra/fixtures/slow-key-policy.ts" });
    const names = resources.map(({ name }) => name);
    expect(names).to.include("files-messages-key-policy");
    expect(names.at(-1)).to.equal("files-uploads-notification");
  });

  const keyStatements = (name: string) =>
    statements(one(graph, `${name}-permissions`)).filter(({ Action }) => String(Action).includes("kms:"));

  it("lets converters use both keys, and the upload API that of the buckets", () => {
    for (const name of ["resize", "png-to-jpg", "zip"]) {
      expect(keyStatements(name)).to.deep.equal([
        { Effect: "Allow", Action: useOfKey, Resource: [storage, messages] },
      ]);
    }
    expect(keyStatements("upload-api")).to.deep.equal([allowKey(useOfKey, storage)]);
  });
});
