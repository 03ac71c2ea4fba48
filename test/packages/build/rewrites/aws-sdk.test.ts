import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { lambdaCredentials } from "../../../../packages/build/rewrites/lambda-credentials.ts";
import { sdkEventStreams } from "../../../../packages/build/rewrites/sdk-event-streams.ts";
import { sdkSchemas, withLiteralKeys } from "../../../../packages/build/rewrites/sdk-schemas.ts";
import { type Bundled, bundled, output } from "./bundled.ts";

const region = { AWS_REGION: "eu-central-1" };
const credentials = {
  AWS_ACCESS_KEY_ID: "AKID",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_SESSION_TOKEN: "token",
};

/** Prints the credentials that a client finds. */
const identify = `
  import { S3Client } from "@aws-sdk/client-s3";
  new S3Client().config.credentials().then(
    ({ accessKeyId, secretAccessKey, sessionToken }) => console.log(accessKeyId, secretAccessKey, sessionToken),
    ({ name }) => console.log(name),
  );`;

/** Puts an object, gets it and publishes a message, all to a server of its own. Prints the requests and answers. */
const call = `
  import { createServer } from "node:http";
  import { text } from "node:stream/consumers";
  import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
  import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
  const server = createServer(async (request, response) => {
    console.log(request.method, request.url, request.headers["content-type"], await text(request));
    const isPublish = request.method === "POST";
    const message = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
    response.setHeader("x-amz-meta-author", "Ada").end(isPublish ? message : "stored");
  });
  server.listen(0, "127.0.0.1", async () => {
    const endpoint = "http://127.0.0.1:" + server.address().port;
    const s3 = new S3Client({ endpoint, forcePathStyle: true });
    const object = { Bucket: "files", Key: "a.txt" };
    await s3.send(new PutObjectCommand({ ...object, Body: "text", ContentType: "text/plain" }));
    const { Body, Metadata } = await s3.send(new GetObjectCommand(object));
    console.log(await Body.transformToString(), Metadata.author);
    const message = new PublishCommand({ TopicArn: "arn:aws:sns:eu-central-1:1:t", Message: "done" });
    console.log((await new SNSClient({ endpoint }).send(message)).MessageId);
    server.close();
    server.closeAllConnections();
  });`;

const called = [
  "PUT /files/a.txt?x-id=PutObject text/plain text",
  "GET /files/a.txt?x-id=GetObject undefined ",
  "stored Ada",
  "POST / application/x-www-form-urlencoded Action=Publish&Version=2010-03-31&Message=done&TopicArn=arn%3Aaws%3Asns%3Aeu-central-1%3A1%3At",
  "1",
];

const linesOf = async (bundle: Bundled) =>
  (await output(bundle, { ...region, ...credentials })).trimEnd().split("\n");

describe("the rewrite lambda-credentials", () => {
  it("removes the search for credentials, and clients find those of the environment", async () => {
    const [original, rewritten] = await Promise.all([
      bundled(identify),
      bundled(identify, lambdaCredentials),
    ]);
    expect(original.packages).to.include("@aws-sdk/credential-provider-node");
    expect(rewritten.packages).not.to.include.members(["@aws-sdk/credential-provider-node"]);
    expect(rewritten.packages).not.to.include.members(["@aws-sdk/nested-clients"]);
    expect(await output(rewritten, { ...region, ...credentials })).to.equal("AKID secret token\n");
    expect(await output(rewritten, region)).to.equal("CredentialsProviderError\n");
  });
});

describe("the rewrite sdk-event-streams", () => {
  it("removes event streams, and clients work without them", async () => {
    const [original, rewritten] = await Promise.all([bundled(call), bundled(call, sdkEventStreams)]);
    const eventStreams = ({ modules }: Bundled) =>
      modules.filter((path) => path.includes("submodules/event-streams/"));
    expect(eventStreams(original)).not.to.deep.equal([]);
    expect(eventStreams(rewritten)).to.deep.equal([]);
    expect(await linesOf(rewritten)).to.deep.equal(called);
  });
});

describe("the rewrite sdk-schemas", () => {
  const schemas = (client: string) =>
    fileURLToPath(import.meta.resolve(`@aws-sdk/client-${client}`)).replace(
      /dist-.*/,
      "dist-es/schemas/schemas_0.js",
    );

  it("removes the schemas of operations that are not called, and clients work without them", async () => {
    const [original, rewritten] = await Promise.all([bundled(call), bundled(call, sdkSchemas)]);
    expect(original.code).to.include('"SelectObjectContent"').and.to.include('"PutObject"');
    expect(rewritten.code).to.include('"PutObject"').and.not.to.include('"SelectObjectContent"');
    expect(await linesOf(rewritten)).to.deep.equal(called);
  });

  for (const client of ["codedeploy", "lambda", "s3", "sns"]) {
    it(`finds the string of every key in the schemas of ${client}, which stay the same`, async () => {
      const program = `
        import * as schemas from ${JSON.stringify(schemas(client))};
        for (const [name, schema] of Object.entries(schemas)) console.log(name, JSON.stringify(schema));`;
      const [original, rewritten] = await Promise.all([bundled(program), bundled(program, sdkSchemas)]);
      expect(original.code).to.match(/\{\[\w+\]:/);
      expect(rewritten.code).not.to.match(/\{\[\w+\]:/);
      const lines = (await output(rewritten)).split("\n");
      expect(lines).to.deep.equal((await output(original)).split("\n"));
      expect(lines).to.have.length.above(20);
    });
  }

  it("keeps keys that are not constants of the module", () => {
    expect(
      withLiteralKeys('const _h = "httpHeader";\nexport var Input$ = [3, [0, { [_h]: _x, [_unknown]: 1 }]];'),
    ).to.equal(
      'const _h = "httpHeader";\nexport var Input$ = [3, [0, { "httpHeader": _x, [_unknown]: 1 }]];',
    );
  });
});
