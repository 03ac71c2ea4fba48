import { createServer } from "node:http";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type Cloud, startCloud } from "../../../packages/local-cloud/cloud.ts";
import { close, listen } from "../../../packages/local-cloud/listen.ts";
import { type ForeignProject, foreignProject, functionOfProgram } from "./foreign-project.ts";

const handler = "exports.handler = async () => ({ statusCode: 200, body: JSON.stringify(process.env) });";

const site = `
  function declareSite(name) {
    const api = new aws.apigatewayv2.Api(name + "-api", { protocolType: "HTTP" });
    const bucket = new aws.s3.Bucket(name + "-files");
    const cachePolicy = new aws.cloudfront.CachePolicy(name + "-cache", {
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
      },
    });
    const cdn = new aws.cloudfront.Distribution(name + "-cdn", {
      enabled: true,
      aliases: [name + ".example.com"],
      origins: [{ originId: "files", domainName: bucket.bucketRegionalDomainName }],
      defaultCacheBehavior: {
        targetOriginId: "files",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
        viewerProtocolPolicy: "https-only",
        cachePolicyId: cachePolicy.id,
      },
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
    });
    new aws.s3.BucketPolicy(name + "-policy", {
      bucket: bucket.bucket,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{
          Effect: "Allow",
          Principal: { Service: "cloudfront.amazonaws.com" },
          Action: "s3:GetObject",
          Resource: pulumi.interpolate\`\${bucket.arn}/*\`,
          Condition: { ArnEquals: { "AWS:SourceArn": cdn.arn } },
        }],
      }),
    });
    new aws.s3.BucketObjectv2(name + "-object", {
      bucket: bucket.bucket,
      key: "addresses",
      content: pulumi.interpolate\`\${name} \${api.apiEndpoint} https://\${cdn.domainName} https://\${name}.example.com\`,
    });
    const { lambda } = declareFunction(name, {
      NAME: name,
      API: api.apiEndpoint,
      CDN: pulumi.interpolate\`https://\${cdn.domainName}\`,
    });
    new aws.lambda.Permission(name + "-permission", {
      function: lambda.name,
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: pulumi.interpolate\`\${api.executionArn}/*\`,
    });
    const integration = new aws.apigatewayv2.Integration(name + "-integration", {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: lambda.invokeArn,
    });
    new aws.apigatewayv2.Route(name + "-route", {
      apiId: api.id,
      routeKey: "GET /" + name,
      target: pulumi.interpolate\`integrations/\${integration.id}\`,
    });
  }`;

describe("a foreign program in the local cloud", () => {
  let project: ForeignProject;
  let cloud: Cloud | undefined;
  beforeEach(() => {
    project = foreignProject({ handler });
  });
  afterEach(async () => {
    await cloud?.close();
    cloud = undefined;
    project.remove();
  });

  async function freePort(): Promise<number> {
    const server = createServer();
    const port = await listen(server, 0);
    await close(server);
    return port;
  }

  it("has a port for each of its APIs and distributions", async () => {
    const graph = await project.run(`${functionOfProgram}${site} declareSite("one"); declareSite("two");`);
    const ports = { api: await freePort(), cdn: await freePort() };
    cloud = await startCloud(graph, { ...project.options, ports });
    const { urls } = cloud;
    expect(Object.keys(urls.apis)).to.deep.equal(["one-api", "two-api"]);
    expect(Object.keys(urls.cdns)).to.deep.equal(["one-cdn", "two-cdn"]);
    expect(urls.api).to.equal(`http://127.0.0.1:${ports.api}`).and.to.equal(urls.apis["one-api"]);
    expect(urls.cdn).to.equal(`http://127.0.0.1:${ports.cdn}`).and.to.equal(urls.cdns["one-cdn"]);
    expect(new Set([urls.api, urls.cdn, urls.apis["two-api"], urls.cdns["two-cdn"]])).to.have.length(4);

    for (const name of ["one", "two"]) {
      const [api, cdn] = [urls.apis[`${name}-api`], urls.cdns[`${name}-cdn`]];
      const variables = await (await fetch(`${api}/${name}`)).json();
      expect(variables, "the function's environment").to.include({ NAME: name, API: api, CDN: cdn });
      const object = await (await fetch(`${cdn}/addresses`)).text();
      expect(object).to.equal(`${name} ${api} ${cdn} ${cdn}`);
      const other = name === "one" ? "two" : "one";
      expect((await fetch(`${api}/${other}`)).status, "a route of the other API").to.equal(404);
    }
  });

  it("needs no API and no distribution", async () => {
    const graph = await project.run(`${functionOfProgram}
      const queue = new aws.sqs.Queue("jobs");
      const { role, lambda } = declareFunction("worker", {});
      new aws.iam.RolePolicy("worker-policy", {
        role: role.name,
        policy: queue.arn.apply((arn) => allow(undefined, "sqs:*", arn)),
      });
      new aws.lambda.EventSourceMapping("worker-source", { eventSourceArn: queue.arn, functionName: lambda.name });
      export const queueUrl = queue.url;
    `);
    const worked = Promise.withResolvers<string | undefined>();
    cloud = await startCloud(graph, {
      ...project.options,
      onDenied: () => {},
      onReport: ({ error }) => worked.resolve(error),
    });
    const { urls, credentials } = cloud;
    const sqs = new SQSClient({
      endpoint: urls.sqs,
      region: graph.region,
      credentials: credentials.issue(`arn:aws:iam::${graph.accountId}:user/developer`),
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: String(graph.outputs.queueUrl), MessageBody: "work" }));
    sqs.destroy();
    expect(await worked.promise).to.equal(undefined);
    expect(Object.keys(urls).sort()).to.deep.equal(["apis", "cdns", "s3", "sns", "sqs"]);
    expect(() => urls.api).to.throw("The program declares no HTTP API");
    expect(() => urls.cdn).to.throw("The program declares no distribution");
  });
});
