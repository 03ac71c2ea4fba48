import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { everything } from "./fixtures/everything.ts";
import { accountId, arnOf, one, runConfig, statements } from "./stages.ts";

describe("henkan:accessLogs", () => {
  let graph: Graph;
  let bucket: string;

  before(async () => {
    graph = await runConfig(everything);
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

  it("delivers the CDN's log there, without the signatures of signed URLs", () => {
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
        StringEquals: { "aws:SourceAccount": accountId },
      },
    });
    const [tls, ...allowed] = statements(one(graph, "access-logs-policy"));
    expect(tls).to.include({ Effect: "Deny", Action: "s3:*" });
    expect(allowed).to.deep.equal([
      write("logging.s3.amazonaws.com", "s3/*", [
        arnOf(graph, "uploads-bucket"),
        arnOf(graph, "outputs-bucket"),
      ]),
      write("delivery.logs.amazonaws.com", `AWSLogs/${accountId}/*`, arnOf(graph, "access-logs-cdn-source")),
    ]);
  });

  it("keeps the logs private, for as long as other logs, with a key that S3's log delivery supports", () => {
    expect(one(graph, "access-logs-public-access").inputs).to.include({ restrictPublicBuckets: true });
    expect(one(graph, "access-logs-encryption").inputs.rules).to.deep.equal([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    ]);
    const rules = one(graph, "access-logs-lifecycle").inputs.rules as { id: string; expiration: object }[];
    expect(rules.find(({ id }) => id === "expire-all")?.expiration).to.deep.equal({ days: 14 });
  });
});
