import { addressRewriter } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { everything } from "./fixtures/everything.ts";
import { accountId, all, one, runConfig } from "./stages.ts";

describe("henkan:domain", () => {
  const domain = {
    name: "files.example.com",
    certificateArn: `arn:aws:acm:us-east-1:${accountId}:certificate/0198c5f0-8a2b-4c3d-9e4f-5a6b7c8d9e0f`,
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

  it("is the host of every URL", async () => {
    const graph = await runConfig({ domain });
    expect(graph.outputs.cdnUrl).to.equal("https://files.example.com");
    const environments = ["zip", "upload-api"].map(
      (name) => one(graph, `${name}-function`).inputs.environment,
    );
    for (const environment of environments) {
      expect(environment).to.have.nested.property("variables.CDN_URL", "https://files.example.com");
    }
  });

  it("is replaced locally by the address of the local CDN, like CloudFront's own name", async () => {
    const graph = await runConfig({ domain });
    const localise = addressRewriter(graph, {
      cdns: new Map([[one(graph, "cdn-distribution").name, "http://127.0.0.1:4602"]]),
    });
    const names = ["files.example.com", one(graph, "cdn-distribution").attributes.domainName];
    for (const name of names)
      expect(localise(`https://${name}/a.jpg`)).to.equal("http://127.0.0.1:4602/a.jpg");
  });

  it("has records for IPv4 and IPv6 when its hosted zone is given", async () => {
    const graph = await runConfig(everything);
    const alias = {
      name: one(graph, "cdn-distribution").attributes.domainName,
      zoneId: "Z2FDTNDATAQYW2",
      evaluateTargetHealth: false,
    };
    const record = { zoneId: "Z0123", name: "files.example.com", aliases: [alias] };
    expect(all(graph, "Record").map(({ inputs }) => inputs)).to.have.deep.members([
      { ...record, type: "A" },
      { ...record, type: "AAAA" },
    ]);
  });
});
