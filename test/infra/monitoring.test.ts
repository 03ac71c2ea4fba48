import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "@henkan/local-cloud";
import type { GraphResource } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { registry } from "../../converters/registry.ts";
import { everything } from "./fixtures/everything.ts";
import {
  all,
  arnOf,
  convertersOf,
  namesOf,
  one,
  repository,
  roleOf,
  runConfig,
  runStage,
  stages,
  statements,
} from "./stages.ts";

const ofFunction = ["errors", "release-errors", "throttles", "duration"];
const ofQueue = ["dlq", "undelivered", "backlog"];
const inventoryOf = (stage: string) => [
  ...convertersOf(stage).flatMap((name) =>
    [...ofFunction, ...ofQueue].map((what) => `${name}-${what}-alarm`),
  ),
  ...ofFunction.map((what) => `upload-api-${what}-alarm`),
  "api-5xx-alarm",
  "api-latency-alarm",
  "cdn-5xx-alarm",
];

const functionDimensions = (graph: Graph, name: string) => {
  const FunctionName = one(graph, `${name}-function`).attributes.name;
  return { FunctionName, Resource: `${FunctionName}:live` };
};
const ownDimensions = (graph: Graph, converter: string) => ({
  service: "convert",
  function: one(graph, `${converter}-function`).attributes.name,
  converter,
});

type Total = { readonly expression: string; readonly returnData: boolean };

/** Returns the metrics of an alarm with metric math, and checks its expression. */
function operands(alarm: GraphResource, expression: string) {
  const [total, ...queries] = alarm.inputs.metricQueries as [
    Total,
    ...{ id: string; metric: Record<string, unknown> }[],
  ];
  expect(total.returnData).to.equal(true);
  expect(total.expression).to.equal(expression);
  expect(queries.map(({ id }) => id)).to.deep.equal(queries.map((_, index) => `m${index}`));
  return queries.map(({ metric }) => metric);
}

const addends = (alarm: GraphResource) => operands(alarm, "FILL(m0, 0) + FILL(m1, 0)");

for (const stage of stages) {
  describe(`alarms of ${stage}`, () => {
    let graph: Graph;

    before(async () => {
      graph = await runStage(stage);
    });

    it("are exactly these", () => {
      expect(namesOf(graph, "MetricAlarm")).to.have.members(inventoryOf(stage));
    });

    it("each describe what to do, and notify the operations topic of their own region", () => {
      for (const { name, inputs } of all(graph, "MetricAlarm")) {
        const region = String(inputs.region ?? graph.region);
        const topic = region === graph.region ? "operations" : `operations-${region}`;
        expect(inputs.alarmActions, name).to.deep.equal([arnOf(graph, `${topic}-topic`)]);
        expect(arnOf(graph, `${topic}-topic`), name).to.include(`:${region}:`);
        expect(inputs.alarmDescription, name).to.match(/\. .+\. Runbook: docs\/operations\.md#[a-z0-9-]+$/);
        expect(String(inputs.alarmDescription).length, name).to.be.at.most(1024);
        expect(inputs.treatMissingData, name).to.equal("notBreaching");
      }
    });

    it("point to sections that the runbook has", async () => {
      const runbook = await readFile(join(repository, "docs/operations.md"), "utf8");
      const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        heading
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, "")
          .replaceAll(" ", "-"),
      );
      for (const { name, inputs } of all(graph, "MetricAlarm")) {
        const [, anchor] = String(inputs.alarmDescription).split("#");
        expect(anchors, name).to.include(anchor);
      }
    });

    it("may publish only in this account and region", () => {
      for (const name of ["operations", "operations-us-east-1"]) {
        const arn = arnOf(graph, `${name}-topic`);
        const region = arn.split(":")[3];
        expect(statements(one(graph, `${name}-topic-policy`))[0]).to.deep.equal({
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: arn,
          Condition: {
            ArnEquals: { "aws:SourceArn": `arn:aws:cloudwatch:${region}:${graph.accountId}:alarm:*` },
            StringEquals: { "aws:SourceAccount": graph.accountId },
          },
        });
      }
    });

    for (const name of convertersOf(stage)) {
      it(`watch the metrics of ${name} and its queue`, () => {
        const { timeoutSeconds } = registry[name];
        expect(one(graph, `${name}-dlq-alarm`).inputs).to.deep.include({
          metricName: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: one(graph, `${name}-dlq`).attributes.name },
          threshold: 1,
        });
        expect(one(graph, `${name}-undelivered-alarm`).inputs).to.deep.include({
          metricName: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: one(graph, `${name}-undelivered`).attributes.name },
          threshold: 1,
        });
        expect(one(graph, `${name}-backlog-alarm`).inputs).to.deep.include({
          metricName: "ApproximateAgeOfOldestMessage",
          dimensions: { QueueName: one(graph, `${name}-queue`).attributes.name },
          threshold: 2 * Number(one(graph, `${name}-queue`).inputs.visibilityTimeoutSeconds),
        });
        expect(one(graph, `${name}-throttles-alarm`).inputs).to.deep.include({
          metricName: "Throttles",
          dimensions: functionDimensions(graph, name),
        });
        expect(one(graph, `${name}-duration-alarm`).inputs).to.deep.include({
          metricName: "Duration",
          dimensions: functionDimensions(graph, name),
          extendedStatistic: "p99",
          threshold: 800 * timeoutSeconds,
        });
        const counted = { stat: "Sum", period: 300 };
        expect(addends(one(graph, `${name}-errors-alarm`))).to.deep.equal([
          {
            namespace: "AWS/Lambda",
            metricName: "Errors",
            dimensions: functionDimensions(graph, name),
            ...counted,
          },
          {
            namespace: "Henkan",
            metricName: "UnclassifiedErrors",
            dimensions: ownDimensions(graph, name),
            ...counted,
          },
        ]);
      });
    }

    it("roll back a release only for errors of the released version", () => {
      for (const name of convertersOf(stage)) {
        const version = one(graph, `${name}-function`).attributes.version;
        const dimensions = addends(one(graph, `${name}-release-errors-alarm`)).map((it) => it.dimensions);
        expect(dimensions).to.deep.equal([
          { ...functionDimensions(graph, name), ExecutedVersion: version },
          { ...ownDimensions(graph, name), version },
        ]);
      }
    });

    it("watch the API in the region of the stage, and the CDN in us-east-1", () => {
      const api = { ApiId: one(graph, "upload-api-api").id, Stage: "$default" };
      expect(operands(one(graph, "api-5xx-alarm"), "(FILL(m0, 0)) / m1")).to.deep.equal(
        ["5xx", "Count"].map((metricName) => ({
          namespace: "AWS/ApiGateway",
          metricName,
          dimensions: api,
          stat: "Sum",
          period: 300,
        })),
      );
      expect(one(graph, "api-latency-alarm").inputs).to.deep.include({
        metricName: "Latency",
        dimensions: api,
        extendedStatistic: "p99",
      });
      expect(one(graph, "cdn-5xx-alarm").inputs).to.deep.include({
        metricName: "5xxErrorRate",
        dimensions: { DistributionId: one(graph, "cdn-distribution").id, Region: "Global" },
        region: "us-east-1",
      });
    });
  });
}

describe("operations topic", () => {
  it("notifies the subscribers of the stage about alarms in both regions", async () => {
    const { email, https } = everything.alarms;
    const graph = await runConfig(everything);
    const subscriptions = all(graph, "TopicSubscription").filter((each) =>
      roleOf(each).startsWith("operations"),
    );
    const told = subscriptions.map(({ inputs: { topic, protocol, endpoint } }) => [
      topic,
      protocol,
      endpoint,
    ]);
    expect(told).to.have.deep.members(
      ["operations-topic", "operations-us-east-1-topic"].flatMap((topic) => [
        [arnOf(graph, topic), "email", email[0]],
        [arnOf(graph, topic), "https", https[0]],
      ]),
    );
  });

  it("has no subscribers by default, and is a single topic in us-east-1", async () => {
    const provider = { "aws:region": "us-east-1", "aws:allowedAccountIds": ["123456789012"] };
    const graph = await runConfig({}, { provider });
    const topics = all(graph, "Topic").filter((each) => roleOf(each).startsWith("operations"));
    expect(topics.map(roleOf)).to.deep.equal(["operations-topic"]);
    expect(all(graph, "TopicSubscription").filter(({ inputs }) => inputs.protocol !== "sqs")).to.deep.equal(
      [],
    );
  });
});

describe("tracing", () => {
  let graph: Graph;

  before(async () => {
    graph = await runConfig({});
  });

  it("is on in every function and on the pipeline's topics", () => {
    for (const { inputs } of all(graph, "Function")) {
      expect(inputs.tracingConfig).to.deep.equal({ mode: "Active" });
    }
    for (const name of ["uploads-topic", "conversions-topic"]) {
      expect(one(graph, name).inputs.tracingConfig).to.equal("Active");
    }
  });

  it("is allowed to SNS only for those topics of this account", () => {
    expect(statements(one(graph, "topics"), "policyDocument")).to.deep.equal([
      {
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: ["xray:PutTraceSegments", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
        Resource: "*",
        Condition: {
          ArnEquals: { "aws:SourceArn": [arnOf(graph, "uploads-topic"), arnOf(graph, "conversions-topic")] },
          StringEquals: { "aws:SourceAccount": graph.accountId },
        },
      },
    ]);
  });
});
