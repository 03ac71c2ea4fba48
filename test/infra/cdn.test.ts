import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { one, runConfig } from "./stages.ts";

describe("CDN", () => {
  let graph: Graph;

  before(async () => {
    graph = await runConfig({});
  });

  const distribution = () => one(graph, "cdn-distribution").inputs;

  it("reads the files of the outputs bucket with origin access control", () => {
    expect(distribution().origins).to.deep.equal([
      {
        originId: "outputs",
        domainName: `${graph.outputs.outputsBucket}.s3.eu-central-1.amazonaws.com`,
        originPath: "/files",
        originAccessControlId: one(graph, "cdn-origin-access").id,
      },
    ]);
    expect(one(graph, "cdn-origin-access").inputs).to.deep.equal({
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
  });

  it("answers 404 for a missing file, and caches that for a second", () => {
    expect(distribution().customErrorResponses).to.deep.equal([
      { errorCode: 403, responseCode: 404, responsePagePath: "/not-found.json", errorCachingMinTtl: 1 },
    ]);
    expect(one(graph, "cdn-not-found").inputs).to.include({ key: "files/not-found.json" });
  });

  it("redirects to HTTPS and compresses everywhere, and serves zips as attachments", () => {
    const { defaultCacheBehavior, orderedCacheBehaviors } = distribution();
    const common = {
      targetOriginId: "outputs",
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
      cachedMethods: ["GET", "HEAD"],
      compress: true,
      cachePolicyId: one(graph, "cdn-cache").id,
    };
    expect(defaultCacheBehavior).to.deep.equal({
      ...common,
      responseHeadersPolicyId: one(graph, "cdn-inline").id,
    });
    expect(orderedCacheBehaviors).to.deep.equal([
      { ...common, pathPattern: "*.zip", responseHeadersPolicyId: one(graph, "cdn-attachment").id },
    ]);
  });

  it("has headers against sniffing, scripts and plain HTTP", () => {
    const inline = one(graph, "cdn-inline").inputs;
    const attachment = one(graph, "cdn-attachment").inputs;
    expect(inline).to.deep.equal({
      securityHeadersConfig: {
        contentTypeOptions: { override: true },
        strictTransportSecurity: {
          accessControlMaxAgeSec: 31_536_000,
          includeSubdomains: true,
          override: true,
        },
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
        referrerPolicy: { referrerPolicy: "no-referrer", override: true },
      },
    });
    expect(attachment).to.deep.equal({
      ...inline,
      customHeadersConfig: {
        items: [{ header: "content-disposition", value: "attachment", override: true }],
      },
    });
  });
});
