import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { permanentErrorCodes } from "../../contract/error-codes.ts";
import { all, convertersOf, one, runConfig, runStage, stages } from "./stages.ts";

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly markdown?: string;
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly (string | object)[])[];
  };
}

function widgetsOf(graph: Graph): Widget[] {
  const [dashboard, ...others] = all(graph, "Dashboard");
  expect(others).to.deep.equal([]);
  return JSON.parse(String(dashboard?.inputs.dashboardBody)).widgets;
}

/** Returns every metric of the dashboard by namespace, name and dimensions, without its options. */
function metricsOf(graph: Graph) {
  return widgetsOf(graph).flatMap(({ properties: { metrics = [], region } }) =>
    metrics.map((metric) => {
      const [namespace, name, ...rest] = metric.filter((part) => typeof part === "string");
      const pairs = rest.flatMap((key, index) => (index % 2 === 0 ? [[key, rest[index + 1]]] : []));
      return { namespace, name, region, dimensions: Object.fromEntries(pairs) as Record<string, string> };
    }),
  );
}

/** Returns the physical names of a type's resources, or the ids by which metrics name them. */
const names = (graph: Graph, type: string, attribute: "id" | "name") =>
  all(graph, type).map(({ id, attributes }) => (attribute === "id" ? id : String(attributes.name)));

const headings = (graph: Graph) => widgetsOf(graph).flatMap(({ properties }) => properties.markdown ?? []);

for (const stage of stages) {
  describe(`dashboard of ${stage}`, () => {
    let graph: Graph;

    before(async () => {
      graph = await runStage(stage);
    });

    it("has the name of its pipeline, and a row for each converter between the API and the CDN", () => {
      const auto = String(graph.outputs.outputsBucket).replace("-outputs-bucket", "");
      expect(auto).to.match(/^henkan-[0-9a-f]{7}$/);
      expect(one(graph, "dashboard").inputs.dashboardName).to.equal(auto);
      const rows = ["Alarms", "Upload API", ...convertersOf(stage), "CDN"];
      expect(headings(graph)).to.deep.equal(rows.map((row) => `## ${row}`));
    });

    it("has widgets within 24 columns that do not overlap", () => {
      const widgets = widgetsOf(graph);
      for (const [index, { x, y, width, height }] of widgets.entries()) {
        expect(Math.min(x, y)).to.be.at.least(0);
        expect(Math.min(width, height)).to.be.at.least(1);
        expect(x + width).to.be.at.most(24);
        for (const other of widgets.slice(index + 1)) {
          const apart =
            x + width <= other.x ||
            other.x + other.width <= x ||
            y + height <= other.y ||
            other.y + other.height <= y;
          expect(apart, `widget ${index} and another`).to.equal(true);
        }
      }
    });

    it("shows every alarm of its region", () => {
      const shown = widgetsOf(graph).flatMap(({ properties }) => properties.alarms ?? []);
      const declared = all(graph, "MetricAlarm").filter(({ inputs }) => inputs.region === undefined);
      expect(shown).to.have.members(declared.map(({ attributes }) => attributes.arn));
    });

    it("names only declared functions, queues, APIs and distributions, in the region of their metrics", () => {
      const functions = names(graph, "Function", "name");
      const existing: Record<string, readonly string[]> = {
        FunctionName: functions,
        Resource: functions.map((name) => `${name}:live`),
        QueueName: names(graph, "Queue", "name"),
        ApiId: names(graph, "Api", "id"),
        DistributionId: names(graph, "Distribution", "id"),
        Stage: ["$default"],
        Region: ["Global"],
        service: ["convert", "upload-api"],
        function: functions,
        converter: convertersOf(stage),
        result: ["ready", "failed"],
        code: permanentErrorCodes,
      };
      const metrics = metricsOf(graph);
      expect(metrics).to.have.lengthOf.above(50);
      for (const { namespace, name, region, dimensions } of metrics) {
        expect(region).to.equal(namespace === "AWS/CloudFront" ? "us-east-1" : graph.region);
        for (const [dimension, value] of Object.entries(dimensions)) {
          expect(existing[dimension], `${namespace} ${name} ${dimension}`).to.include(value);
        }
      }
    });

    it("shows each queue, and each function with traffic", () => {
      const metrics = metricsOf(graph);
      const shown = (dimension: string) =>
        new Set(metrics.flatMap(({ dimensions }) => dimensions[dimension] ?? []));
      expect([...shown("QueueName")]).to.have.members(names(graph, "Queue", "name"));
      const served = [...convertersOf(stage), "upload-api"].map(
        (name) => one(graph, `${name}-function`).attributes.name,
      );
      expect([...shown("FunctionName")]).to.have.members(served);
    });
  });
}

describe("dashboard", () => {
  it("has no row for a converter without variants", async () => {
    const graph = await runConfig({ variants: { archive: { converter: "zip" } } });
    expect(headings(graph)).to.deep.equal(["## Alarms", "## Upload API", "## zip", "## CDN"]);
  });
});
