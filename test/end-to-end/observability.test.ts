import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import { type MetricLine, parseMetricLine, readings } from "../handlers/support/metrics.ts";
import { one } from "../infra/stages.ts";
import { pipelineGraph } from "../support/graphs.ts";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { until } from "../support/until.ts";
import { finished, upload } from "../support/uploads.ts";

const garden = readFileSync(join(projectDirectory, "samples/garden.png"));

describe("the logs and metrics of the functions", () => {
  const data = temporaryDirectory();
  const lines: string[] = [];
  let pipeline: Pipeline;
  let ids: string[];
  let functions: Readonly<Record<string, string>>;

  before(async () => {
    pipeline = await startPipeline(data.path, { onLog: (_function, line) => lines.push(line) });
    const events: string[] = [];
    pipeline.cloud.topics.onPublish(({ message }) => events.push(message));
    const whole = await upload(pipeline, "garden.png", "image/png", garden);
    const cut = await upload(pipeline, "cut.png", "image/png", garden.subarray(0, 30_000));
    ids = [whole.id, cut.id];
    for (const id of ids) await finished(pipeline, id);
    const graph = await pipelineGraph();
    functions = Object.fromEntries(
      ["resize", "png-to-jpg", "zip"].map((name) => [
        name,
        String(one(graph, `${name}-function`).attributes.name),
      ]),
    );
    const { resources } = graph;
    const queue = resources.find(({ name }) => name === "henkan-zip-queue");
    // After the conversions, so that the repeated event finds their receipts.
    const [event = ""] = events.filter((message) => message.includes("s3SchemaVersion"));
    for (const body of [event, "no event"]) pipeline.cloud.queues.send(String(queue?.attributes.arn), body);
    await until(() => measured().some((reading) => reading.startsWith("UnclassifiedErrors")));
    await until(() => measured().some((reading) => reading.startsWith("SkippedDuplicates")));
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  const metricLines = (): MetricLine[] => lines.flatMap((line) => parseMetricLine(line) ?? []);
  const logLines = () =>
    lines.map((line): Record<string, unknown> => JSON.parse(line)).filter((line) => !("_aws" in line));
  const measured = () => readings(metricLines());
  const ownDimensions = (converter: string) =>
    `service=convert,function=${functions[converter]},converter=${converter}`;

  it("log every variant with its upload, converter and invocation", () => {
    const [id] = ids;
    const made = logLines().filter(({ uploadId, result }) => uploadId === id && result === "ready");
    const found = made.map(({ converter, variant }) => `${converter} ${variant}`);
    expect(found).to.include.members(["resize thumbnail", "resize preview", "png-to-jpg jpg", "zip archive"]);
    for (const line of made) {
      expect(line).to.include({ level: "INFO", service: "convert" });
      expect(line).to.include.keys("timestamp", "message", "bytes", "milliseconds", "function_request_id");
    }
  });

  it("log the code of a variant that cannot be made, and the error of a retry", () => {
    const failed = logLines().find(({ result, converter }) => result === "failed" && converter === "resize");
    expect(failed).to.include({ uploadId: ids[1], code: "corrupt-input" });
    const retried = logLines().find(({ result }) => result === "retry");
    expect(retried).to.include({ level: "ERROR", service: "convert" });
    expect(retried?.error).to.include.keys("name", "message", "stack");
  });

  it("count conversions by converter, result and code", () => {
    expect(measured()).to.include.members([
      `Conversions{${ownDimensions("resize")},result=ready} 1`,
      `Conversions{${ownDimensions("png-to-jpg")},result=ready} 1`,
      `Conversions{${ownDimensions("zip")},result=ready} 1`,
      `Conversions{${ownDimensions("resize")},result=failed} 1`,
      `Conversions{${ownDimensions("resize")},code=corrupt-input} 1`,
    ]);
  });

  it("measure bytes in, bytes out and durations, and count cold starts and duplicates", () => {
    const names = new Set(
      metricLines().flatMap((line) => line._aws.CloudWatchMetrics[0].Metrics.map(({ Name }) => Name)),
    );
    expect([...names]).to.have.members([
      "BytesIn",
      "BytesOut",
      "ColdStarts",
      "ConversionDuration",
      "Conversions",
      "SkippedDuplicates",
      "UnclassifiedErrors",
    ]);
    const bytesIn = metricLines().flatMap(({ BytesIn = [] }) => BytesIn);
    expect(bytesIn).to.include(garden.length);
  });

  it("count unexpected errors in total and by the version of the function", () => {
    const own = ownDimensions("zip");
    expect(measured()).to.include.members([
      `UnclassifiedErrors{${own}} 1`,
      `UnclassifiedErrors{${own},version=$LATEST} 1`,
    ]);
  });

  it("have no dimension with many values, such as the id of an upload", () => {
    const dimensions = metricLines().flatMap((line) =>
      line._aws.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions.flat()),
    );
    const few = ["service", "function", "converter", "result", "code", "version"];
    expect([...new Set(dimensions)]).to.have.members(few);
    expect(measured().filter((reading) => ids.some((id) => reading.includes(id)))).to.deep.equal([]);
  });

  it("include every metric that the alarms and the dashboard use", async () => {
    const { resources } = await pipelineGraph();
    const inputs = resources.map((resource) => JSON.stringify(resource.inputs).replaceAll("\\", ""));
    const wanted = inputs.flatMap((text) =>
      [/\["Henkan","(\w+)"/g, /"metricName":"(\w+)","namespace":"Henkan"/g].flatMap((pattern) =>
        [...text.matchAll(pattern)].map(([, name]) => name),
      ),
    );
    expect(wanted).to.have.lengthOf.above(10);
    const sent = new Set(measured().map((reading) => reading.split("{")[0]));
    expect(wanted.filter((name) => !sent.has(name))).to.deep.equal([]);
    for (const { _aws } of metricLines()) expect(_aws.CloudWatchMetrics[0].Namespace).to.equal("Henkan");
  });
});
