import { generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { buildPage, type PageFile } from "@henkan/build";
import type { Graph } from "@henkan/local-cloud";
import type { AssetPath, GraphResource } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { all, one, runConfig, type Statement, statements } from "./stages.ts";

const auth = {
  kind: "jwt",
  issuer: "https://issuer.example.com/tenant",
  audience: ["https://henkan.example.com"],
  clientId: "page",
};

interface Behaviour {
  readonly pathPattern: string;
  readonly targetOriginId: string;
  readonly responseHeadersPolicyId: string;
  readonly trustedKeyGroups?: unknown;
}

describe("the page of a stage", () => {
  let built: PageFile[];
  let graph: Graph;
  let distribution: GraphResource;
  let document: GraphResource;
  before(async () => {
    built = await buildPage();
    graph = await runConfig({
      page: true,
      auth,
      allowedOrigins: ["https://www.example.com"],
      maxUploadMiB: 7,
    });
    distribution = one(graph, "cdn-distribution");
    document = one(graph, "page-document");
  });

  const meta = (name: string) => {
    const found = new RegExp(`<meta ${name} content="([^"]*)">`).exec(String(document.inputs.content))?.[1];
    return (found ?? expect.fail(`no ${name}`)).replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  };

  it("is served at the CDN's root, from a path of its own in the bucket of outputs", () => {
    const [outputs, page] = distribution.inputs.origins as Record<string, unknown>[];
    expect(page).to.deep.equal({ ...outputs, originId: "page", originPath: "/page" });
    expect(distribution.inputs.defaultRootObject).to.equal("index.html");
    const behaviours = distribution.inputs.orderedCacheBehaviors as Behaviour[];
    const ofPage = behaviours.filter(({ targetOriginId }) => targetOriginId === "page");
    expect(ofPage.map(({ pathPattern }) => pathPattern)).to.deep.equal(["/", "/index.html", "/assets/*"]);
    for (const { responseHeadersPolicyId } of ofPage) {
      expect(responseHeadersPolicyId).to.equal(one(graph, "cdn-page").id);
    }
  });

  it("can be read only by the distribution, and makes nothing else readable", () => {
    const readable = (of: Graph) =>
      statements(one(of, "cdn-bucket-policy"))
        .filter(({ Effect }: Statement) => Effect === "Allow")
        .map(({ Resource }) => String(Resource).replace(/^.*:::[^/]+/, ""));
    expect(readable(graph)).to.deep.equal(["/files/*", "/page/*"]);
  });

  it("lets browsers keep every asset for ever, with its content type, and revalidate the document each time", () => {
    const types = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
    const assets = all(graph, "BucketObjectv2").filter(({ inputs }) =>
      String(inputs.key).startsWith("page/assets/"),
    );
    expect(assets.map(({ inputs }) => String(inputs.key).replace("page/", ""))).to.have.members(
      built.map(({ path }) => path).filter((path) => path !== "index.html"),
    );
    for (const { inputs } of assets) {
      const extension = String(inputs.key).split(".").at(-1) as keyof typeof types;
      expect(inputs.contentType).to.equal(types[extension]);
      expect(inputs.cacheControl).to.equal("public, max-age=31536000, immutable");
      expect((inputs.source as AssetPath).path).to.match(/dist\/page\/assets\/[\w-]+\.\w+$/);
    }
    expect(document.inputs).to.include({
      key: "page/index.html",
      contentType: "text/html; charset=utf-8",
      cacheControl: "no-cache",
    });
    expect(existsSync("dist/page/index.html")).to.equal(true);
  });

  it("gives the page the address of the API, the largest upload and the sign-in", () => {
    expect(JSON.parse(meta('name="henkan"'))).to.deep.equal({
      apiUrl: graph.outputs.apiUrl,
      maxUploadBytes: 7 * 2 ** 20,
      signIn: { issuer: auth.issuer, clientId: "page", audience: auth.audience[0] },
    });
  });

  it("lets the page connect to the API, the uploads bucket and the issuer, and load only from its own origin", () => {
    const policy = meta('http-equiv="content-security-policy"');
    const bucket = one(graph, "uploads-bucket").attributes.bucketRegionalDomainName;
    expect(policy.split("; ")).to.include.members([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src ${graph.outputs.apiUrl} https://${bucket} https://issuer.example.com data:`,
    ]);
    const { securityHeadersConfig } = one(graph, "cdn-page").inputs as {
      securityHeadersConfig: { contentSecurityPolicy: { contentSecurityPolicy: string } };
    };
    const header = securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy;
    expect(header.split("; ")).to.include.members([
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]);
    expect(`${policy} ${header}`).not.to.contain("unsafe");
  });

  it("names the token endpoint's origin if it differs from the issuer's", async () => {
    const tokenOrigin = "https://henkan.auth.example.com";
    const other = await runConfig({ page: true, auth: { ...auth, tokenOrigin } });
    expect(String(one(other, "page-document").inputs.content)).to.contain(
      `https://issuer.example.com ${tokenOrigin}`,
    );
  });

  it("may upload from its own origin and the allowed origins, and no other page may", () => {
    const origins = ["https://www.example.com", graph.outputs.cdnUrl];
    const { corsConfiguration } = one(graph, "upload-api-api").inputs as {
      corsConfiguration: { allowOrigins: string[] };
    };
    expect(corsConfiguration.allowOrigins).to.deep.equal(origins);
    const { corsRules } = one(graph, "uploads-cors").inputs as { corsRules: { allowedOrigins: string[] }[] };
    expect(corsRules.map(({ allowedOrigins }) => allowedOrigins)).to.deep.equal([origins]);
  });

  it("is off by default", async () => {
    const without = await runConfig({ auth });
    expect(without.components.map(({ type }) => type)).not.to.include("henkan:page:WebPage");
    expect(one(without, "cdn-distribution").inputs.origins).to.have.lengthOf(1);
    expect(all(without, "BucketCorsConfiguration")).to.deep.equal([]);
  });

  const refused: [what: string, settings: object, mistake: string][] = [
    [
      "with IAM",
      {},
      "henkan:page: needs henkan:auth of kind jwt, since a browser has no IAM credentials to sign requests with, received true",
    ],
    [
      "without a client",
      { auth: { ...auth, clientId: undefined } },
      "henkan:page: needs clientId in henkan:auth, the id of the page's client at the issuer, received true",
    ],
    [
      "beside signed URLs",
      { auth, signedUrls: { publicKeys: [publicKey()] } },
      "henkan:page: cannot be combined with henkan:signedUrls: the page has no key to sign the links to its previews with, received true",
    ],
  ];
  for (const [what, settings, mistake] of refused) {
    it(`is refused ${what}, with the reason`, async () => {
      const error: Error = await runConfig({ page: true, ...settings }).then(
        () => expect.fail("expected the configuration to be refused"),
        (reason) => reason,
      );
      expect(error.message.split("\n").map((line) => line.trim())).to.include(mistake);
    });
  }
});

function publicKey(): string {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}
