import { expect } from "chai";
import { registry } from "../../converters/registry.ts";
import type { Graph } from "../../local/graph.ts";
import { all, arnOf, convertersOf, keyArns, one, runConfig, runStage, stages } from "./stages.ts";

const functionVariables = (graph: Graph, name: string) =>
  (one(graph, `${name}-function`).inputs.environment as { variables: Record<string, string> }).variables;
const json = (value: unknown) => JSON.parse(String(value));

for (const stage of stages) {
  describe(`pipeline of ${stage}`, () => {
    let graph: Graph;

    before(async () => {
      graph = await runStage(stage);
    });

    it("has one bucket notification, declared after the policy that allows it", () => {
      const [notification, ...others] = all(graph, "BucketNotification");
      expect(others).to.deep.equal([]);
      expect(notification?.inputs).to.deep.equal({
        bucket: one(graph, "uploads-bucket").id,
        topics: [
          { topicArn: arnOf(graph, "uploads-topic"), events: ["s3:ObjectCreated:*"], filterPrefix: "0" },
        ],
      });
      const order = graph.resources.map(({ name }) => name);
      expect(order.indexOf("uploads-topic-policy")).to.be.below(order.indexOf("uploads-notification"));
    });

    it("makes both buckets versioned, encrypted, owned and private", () => {
      const { "storage-key": kmsMasterKeyId } = keyArns(graph);
      const encryption = kmsMasterKeyId
        ? {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId },
            bucketKeyEnabled: true,
          }
        : { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
      for (const name of ["uploads", "outputs"]) {
        const { id: bucket } = one(graph, `${name}-bucket`);
        expect(one(graph, `${name}-versioning`).inputs).to.deep.equal({
          bucket,
          versioningConfiguration: { status: "Enabled" },
        });
        expect(one(graph, `${name}-encryption`).inputs).to.deep.equal({
          bucket,
          rules: [encryption],
        });
        expect(one(graph, `${name}-ownership`).inputs).to.deep.equal({
          bucket,
          rule: { objectOwnership: "BucketOwnerEnforced" },
        });
        expect(one(graph, `${name}-public-access`).inputs).to.deep.equal({
          bucket,
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        });
      }
    });

    for (const name of convertersOf(stage)) {
      const definition = registry[name];

      it(`gives ${name} its permissions before anything can invoke it`, () => {
        const order = graph.resources.map(({ name }) => name);
        expect(order.indexOf(`${name}-permissions`)).to.be.within(0, order.indexOf(`${name}-function`) - 1);
        expect(order.indexOf(`${name}-function`)).to.be.below(order.indexOf(`${name}-event-source`));
      });

      it(`lets the topic send to ${name}'s queues before it subscribes them`, () => {
        const order = graph.resources.map(({ name }) => name);
        for (const policy of [`${name}-queue-policy`, `${name}-undelivered-policy`]) {
          expect(order.indexOf(policy), policy).to.be.within(0, order.indexOf(`${name}-subscription`) - 1);
        }
      });

      it(`subscribes ${name} to the uploads it accepts`, () => {
        const { inputs } = one(graph, `${name}-subscription`);
        const { accepts } = definition;
        const key =
          accepts === "any" ? [{ exists: true }] : accepts.map(({ extension }) => ({ suffix: extension }));
        expect(json(inputs.filterPolicy)).to.deep.equal({ Records: { s3: { object: { key } } } });
        expect(inputs).to.include({
          topic: arnOf(graph, "uploads-topic"),
          protocol: "sqs",
          endpoint: arnOf(graph, `${name}-queue`),
          filterPolicyScope: "MessageBody",
          rawMessageDelivery: true,
        });
        expect(json(inputs.redrivePolicy)).to.deep.equal({
          deadLetterTargetArn: arnOf(graph, `${name}-undelivered`),
        });
      });

      it(`gives ${name} time for retries, and its failures two weeks`, () => {
        const queue = one(graph, `${name}-queue`).inputs;
        expect(queue.visibilityTimeoutSeconds).to.be.at.least(6 * definition.timeoutSeconds);
        expect(queue.messageRetentionSeconds).to.equal(345_600);
        expect(json(queue.redrivePolicy)).to.deep.equal({
          deadLetterTargetArn: arnOf(graph, `${name}-dlq`),
          maxReceiveCount: 5,
        });
        const dlq = one(graph, `${name}-dlq`);
        expect(dlq.inputs.messageRetentionSeconds).to.equal(1_209_600);
        expect(json(one(graph, `${name}-dlq-redrive-allow`).inputs.redriveAllowPolicy)).to.deep.equal({
          redrivePermission: "byQueue",
          sourceQueueArns: [arnOf(graph, `${name}-queue`)],
        });
      });

      it(`runs ${name} as the registry says`, () => {
        const { inputs } = one(graph, `${name}-function`);
        expect(inputs).to.deep.include({
          runtime: "nodejs24.x",
          architectures: ["arm64"],
          handler: "index.handler",
          memorySize: definition.memoryMb,
          timeout: definition.timeoutSeconds,
          layers: definition.needsSharp ? [arnOf(graph, "sharp")] : [],
          publish: true,
        });
        expect(inputs.code)
          .to.have.property("path")
          .that.matches(new RegExp(`/dist/functions/${name}$`));
      });

      it(`feeds ${name}'s alias from its queue and hears which messages failed`, () => {
        const { inputs } = one(graph, `${name}-event-source`);
        expect(inputs).to.deep.include({
          eventSourceArn: arnOf(graph, `${name}-queue`),
          functionName: `${arnOf(graph, `${name}-function`)}:live`,
          batchSize: definition.batchSize,
          functionResponseTypes: ["ReportBatchItemFailures"],
        });
      });
    }

    it("encrypts every queue", () => {
      const { "messages-key": kmsMasterKeyId } = keyArns(graph);
      const encryption = kmsMasterKeyId ? { kmsMasterKeyId } : { sqsManagedSseEnabled: true };
      const queues = all(graph, "Queue");
      expect(queues).to.have.lengthOf(3 * convertersOf(stage).length);
      for (const { inputs } of queues) expect(inputs).to.deep.include(encryption);
    });

    it("exports where to reach it", () => {
      const { releasePlan, auth, variants, ...outputs } = graph.outputs;
      expect(releasePlan).to.have.keys("application", "hook", "targets");
      expect(auth).to.have.property("kind");
      expect(variants).to.deep.equal(JSON.parse(functionVariables(graph, "upload-api").VARIANTS ?? ""));
      expect(outputs).to.deep.equal({
        apiUrl: one(graph, "upload-api-api").attributes.apiEndpoint,
        cdnUrl: `https://${one(graph, "cdn-distribution").attributes.domainName}`,
        uploadsBucket: one(graph, "uploads-bucket").id,
        outputsBucket: one(graph, "outputs-bucket").id,
        uploadsTopicArn: arnOf(graph, "uploads-topic"),
        conversionsTopicArn: arnOf(graph, "conversions-topic"),
        region: graph.region,
        queues: Object.fromEntries(
          convertersOf(stage).map((name) => [
            name,
            {
              url: one(graph, `${name}-queue`).attributes.url,
              arn: arnOf(graph, `${name}-queue`),
              deadLetterUrl: one(graph, `${name}-dlq`).attributes.url,
              deadLetterArn: arnOf(graph, `${name}-dlq`),
              undeliveredUrl: one(graph, `${name}-undelivered`).attributes.url,
              undeliveredArn: arnOf(graph, `${name}-undelivered`),
            },
          ]),
        ),
      });
    });
  });
}

describe("functions' environment", () => {
  let graph: Graph;
  const environmentOf = (name: string) => functionVariables(graph, name);

  before(async () => {
    graph = await runConfig({
      maxUploadMiB: 5,
      variants: { big: { converter: "resize", width: 900 }, small: { converter: "resize", height: 9 } },
    });
  });

  const options = { fit: "inside", enlarge: false, animated: false, background: "#ffffff" };

  it("tells a converter its variants with their defaults, and where the outputs go", () => {
    const { VARIANTS, ...others } = environmentOf("resize");
    expect(json(VARIANTS)).to.deep.equal([
      { name: "big", options: { width: 900, ...options } },
      { name: "small", options: { height: 9, ...options } },
    ]);
    expect(others).to.deep.equal({
      STAGE: "made-up",
      POWERTOOLS_SERVICE_NAME: "convert",
      CONVERTER: "resize",
      OUTPUTS_BUCKET: graph.outputs.outputsBucket,
      CONVERSIONS_TOPIC_ARN: graph.outputs.conversionsTopicArn,
      CDN_URL: graph.outputs.cdnUrl,
      MALLOC_ARENA_MAX: "2",
    });
  });

  it("tells the upload API every variant and its limits", () => {
    const { VARIANTS, ...others } = environmentOf("upload-api");
    expect(json(VARIANTS)).to.deep.equal([
      { name: "big", converter: "resize", options: { width: 900, ...options } },
      { name: "small", converter: "resize", options: { height: 9, ...options } },
    ]);
    expect(others).to.deep.equal({
      STAGE: "made-up",
      POWERTOOLS_SERVICE_NAME: "upload-api",
      UPLOADS_BUCKET: graph.outputs.uploadsBucket,
      OUTPUTS_BUCKET: graph.outputs.outputsBucket,
      CDN_URL: graph.outputs.cdnUrl,
      MAX_UPLOAD_BYTES: "5242880",
      UPLOAD_EXPIRY_SECONDS: "300",
      MULTIPART_THRESHOLD_BYTES: "67108864",
      MULTIPART_EXPIRY_SECONDS: "7200",
    });
  });

  it("lets pages of the allowed origins send files, whole and in parts, and read the ETag of each", async () => {
    const allowedOrigins = ["https://www.example.com"];
    const { corsRules } = one(await runConfig({ allowedOrigins }), "uploads-cors").inputs;
    expect(corsRules).to.deep.equal([
      {
        allowedOrigins,
        allowedMethods: ["PUT", "POST", "DELETE"],
        allowedHeaders: ["content-type", "if-none-match", "x-amz-*"],
        exposeHeaders: ["etag"],
        maxAgeSeconds: 3600,
      },
    ]);
  });

  it("leaves out converters without a variant, and the sharp layer when none needs it", async () => {
    expect(all(graph, "Function").map(({ name }) => name)).to.have.members([
      "resize-function",
      "upload-api-function",
      "pre-traffic-hook-function",
    ]);
    const zipOnly = await runConfig({ variants: { archive: { converter: "zip" } } });
    expect(all(zipOnly, "LayerVersion")).to.deep.equal([]);
  });
});

describe("CDN", () => {
  let graph: Graph;

  before(async () => {
    graph = await runConfig({});
  });

  const distribution = () => one(graph, "cdn-distribution").inputs;

  it("reads the files of the outputs bucket as itself", () => {
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

  it("answers 404 for what is not there yet, and forgets it after a second", () => {
    expect(distribution().customErrorResponses).to.deep.equal([
      { errorCode: 403, responseCode: 404, responsePagePath: "/not-found.json", errorCachingMinTtl: 1 },
    ]);
    expect(one(graph, "cdn-not-found").inputs).to.include({ key: "files/not-found.json" });
  });

  it("redirects to HTTPS and compresses everywhere, and gives zips as attachments", () => {
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

  it("keeps browsers from sniffing, running or downgrading what it serves", () => {
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
