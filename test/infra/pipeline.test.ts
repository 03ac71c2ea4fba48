import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { registry } from "../../converters/registry.ts";
import { all, arnOf, convertersOf, functionVariables, one, roleOf, runStage, stages } from "./stages.ts";

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
      const order = graph.resources.map(roleOf);
      expect(order.indexOf("uploads-topic-policy")).to.be.below(order.indexOf("uploads-notification"));
    });

    for (const name of convertersOf(stage)) {
      const definition = registry[name];

      it(`gives ${name} its permissions before anything can invoke it`, () => {
        const order = graph.resources.map(roleOf);
        expect(order.indexOf(`${name}-permissions`)).to.be.within(0, order.indexOf(`${name}-function`) - 1);
        expect(order.indexOf(`${name}-function`)).to.be.below(order.indexOf(`${name}-event-source`));
      });

      it(`lets the topic send to ${name}'s queues before it subscribes them`, () => {
        const order = graph.resources.map(roleOf);
        for (const policy of [`${name}-queue-policy`, `${name}-undelivered-policy`]) {
          expect(order.indexOf(policy), policy).to.be.within(0, order.indexOf(`${name}-subscription`) - 1);
        }
      });

      it(`subscribes ${name} to the uploads that it accepts`, () => {
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

      it(`gives ${name} time for retries, and keeps its failed messages for two weeks`, () => {
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

      it(`runs ${name} with the settings of the registry`, () => {
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

      it(`invokes ${name}'s alias from its queue, and returns only failed messages`, () => {
        const { inputs } = one(graph, `${name}-event-source`);
        expect(inputs).to.deep.include({
          eventSourceArn: arnOf(graph, `${name}-queue`),
          functionName: `${arnOf(graph, `${name}-function`)}:live`,
          batchSize: definition.batchSize,
          functionResponseTypes: ["ReportBatchItemFailures"],
        });
      });
    }

    it("exports its addresses", () => {
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
