import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { all, functionVariables, namesOf, runConfig } from "./stages.ts";

describe("functions", () => {
  let graph: Graph;
  const environmentOf = (name: string) => functionVariables(graph, name);

  before(async () => {
    graph = await runConfig({
      maxUploadMiB: 5,
      variants: { big: { converter: "resize", width: 900 }, small: { converter: "resize", height: 9 } },
    });
  });

  const options = { fit: "inside", enlarge: false, animated: false, background: "#ffffff" };

  it("gives a converter its variants with their defaults, and the addresses for outputs", () => {
    const { VARIANTS, ...others } = environmentOf("resize");
    expect(JSON.parse(VARIANTS ?? "")).to.deep.equal([
      { name: "big", options: { width: 900, ...options } },
      { name: "small", options: { height: 9, ...options } },
    ]);
    expect(others).to.deep.equal({
      POWERTOOLS_SERVICE_NAME: "convert",
      CONVERTER: "resize",
      OUTPUTS_BUCKET: graph.outputs.outputsBucket,
      CONVERSIONS_TOPIC_ARN: graph.outputs.conversionsTopicArn,
      CDN_URL: graph.outputs.cdnUrl,
      MALLOC_ARENA_MAX: "2",
    });
  });

  it("gives the upload API every variant and its limits", () => {
    const { VARIANTS, ...others } = environmentOf("upload-api");
    expect(JSON.parse(VARIANTS ?? "")).to.deep.equal([
      { name: "big", converter: "resize", options: { width: 900, ...options } },
      { name: "small", converter: "resize", options: { height: 9, ...options } },
    ]);
    expect(others).to.deep.equal({
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

  it("have no converter without a variant, and no sharp layer when no converter needs it", async () => {
    expect(namesOf(graph, "Function")).to.have.members([
      "resize-function",
      "upload-api-function",
      "release-pre-traffic-hook-function",
    ]);
    const zipOnly = await runConfig({ variants: { archive: { converter: "zip" } } });
    expect(all(zipOnly, "LayerVersion")).to.deep.equal([]);
  });
});
