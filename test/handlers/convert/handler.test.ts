import type { Context } from "aws-lambda";
import { expect } from "chai";
import { convertHandler } from "../../../handlers/convert/handler.ts";
import { logger } from "../../../handlers/observability.ts";
import { awsVariables, withEnvironment } from "../support/environment.ts";
import { eventBody, sqsBatch } from "../support/events.ts";
import { captureLogs } from "../support/logs.ts";
import { captureMetrics, readings } from "../support/metrics.ts";
import { appendSuffix, uploadId, variants } from "../support/pipeline.ts";
import { type ReceivedRequest, type Reply, s3Error, standIn } from "../support/stand-in.ts";

const published =
  "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";

/** S3 with one upload and no receipts, and SNS. */
function aws({ method, path }: ReceivedRequest): Reply {
  if (path === "/") return { body: published };
  if (method === "PUT") return {};
  return path.startsWith("/uploads/") ? { body: "note" } : s3Error(404, "NoSuchKey");
}

describe("convert handler", () => {
  const logs = captureLogs();
  const metrics = captureMetrics();
  const { requests, endpoint } = standIn(aws);
  withEnvironment(() => ({
    ...awsVariables,
    AWS_ENDPOINT_URL_S3: endpoint.url,
    AWS_ENDPOINT_URL_SNS: endpoint.url,
    AWS_LAMBDA_FUNCTION_VERSION: "7",
    CONVERTER: "append",
    VARIANTS: JSON.stringify(variants),
    OUTPUTS_BUCKET: "outputs",
    CONVERSIONS_TOPIC_ARN: "arn:aws:sns:eu-central-1:111111111111:conversions",
    CDN_URL: "https://cdn.example",
  }));

  it("makes outputs, events and receipts from an S3 event in a queue", async () => {
    const handle = convertHandler(appendSuffix);
    const event = sqsBatch(eventBody({ key: `${uploadId}/my note.txt` }));
    const response = await handle(event, { getRemainingTimeInMillis: () => 60_000 } as Context);
    expect(response).to.deep.equal({ batchItemFailures: [] });
    const writes = requests.filter(({ method }) => method !== "GET");
    expect(writes.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`)).to.deep.equal([
      `PUT /outputs/files/${uploadId}/small/my note.png`,
      "POST /",
      `PUT /outputs/receipts/${uploadId}/small.json`,
      `PUT /outputs/files/${uploadId}/large/my note.png`,
      "POST /",
      `PUT /outputs/receipts/${uploadId}/large.json`,
    ]);
    expect(writes[3]?.body.toString()).to.equal("note-l");
    expect(logs.map(({ result, bytes }) => [result, bytes])).to.deep.equal([
      ["ready", 6],
      ["ready", 6],
    ]);
  });

  it("measures bytes and durations, and counts a cold start once", async () => {
    const handle = convertHandler(appendSuffix);
    const event = sqsBatch(eventBody({ key: `${uploadId}/note.txt` }));
    const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
    await handle(event, context);
    const own = "service=service_undefined,function=unnamed,converter=append";
    const conversions = Array(2).fill(`Conversions{${own},result=ready} 1`);
    const measured = readings(metrics).map((reading) => reading.replace(/(Duration.*) .*/, "$1"));
    const invocation = [`BytesIn{${own}} 4`, `ConversionDuration{${own}}`, `BytesOut{${own}} [6,6]`];
    expect(measured).to.deep.equal([...conversions, `ColdStarts{${own}} 1`, ...invocation]);

    metrics.length = 0;
    await handle(event, context);
    expect(readings(metrics).join()).to.include("BytesOut").and.not.include("ColdStarts");
  });

  it("writes metrics at a level that Lambda does not filter out", async () => {
    const handle = convertHandler(appendSuffix);
    await handle(sqsBatch("no event"), { getRemainingTimeInMillis: () => 60_000 } as Context);
    expect(metrics).to.have.lengthOf(2);
    for (const { level, timestamp } of metrics) {
      expect(level).to.equal(logger.getLevelName());
      expect(new Date(timestamp).toISOString()).to.equal(timestamp);
    }
  });

  it("counts unexpected errors in total and by version", async () => {
    const handle = convertHandler(appendSuffix);
    await handle(sqsBatch("no event"), { getRemainingTimeInMillis: () => 60_000 } as Context);
    const own = "service=service_undefined,function=unnamed,converter=append";
    expect(readings(metrics).slice(0, 2)).to.deep.equal([
      `UnclassifiedErrors{${own}} 1`,
      `UnclassifiedErrors{${own},version=7} 1`,
    ]);
  });

  it("throws at its start when a variable is missing", () => {
    const { CONVERTER } = process.env;
    delete process.env.CONVERTER;
    try {
      expect(() => convertHandler(appendSuffix)).to.throw("CONVERTER is not set");
    } finally {
      process.env.CONVERTER = CONVERTER;
    }
  });
});
