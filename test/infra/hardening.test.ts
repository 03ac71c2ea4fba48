import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { namesOf, one, runStage } from "./stages.ts";

const hardeningTypes = ["Key", "KeyPolicy", "WebAcl", "BucketLogging", "LogDelivery", "KeyGroup", "Record"];
const hardeningOf = (graph: Graph) => hardeningTypes.flatMap((type) => namesOf(graph, type));

describe("hardening", () => {
  it("is off by default", async () => {
    const graph = await runStage("minimal");
    expect(hardeningOf(graph)).to.deep.equal([]);
    expect(one(graph, "cdn-distribution").inputs).not.to.have.any.keys("webAclId", "aliases");
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
