import { expect } from "chai";
import { pipelineConfig } from "../../infra/config/pipeline-config.ts";
import { all, runConfig } from "./stages.ts";

/** Makes a pipeline's settings with the fewest arguments. */
const named = (name: string) => pipelineConfig(name, { accountId: "123456789012", region: "eu-central-1" });

/** The most characters that AWS allows in names of a type, from each service's API reference. */
const limits = {
  Bucket: 63,
  Function: 64,
  Role: 64,
  RolePolicy: 128,
  Queue: 80,
  Topic: 256,
  OriginAccessControl: 64,
  CachePolicy: 128,
  WebAcl: 128,
  Application: 100,
  MetricAlarm: 255,
  LogGroup: 512,
  LogDeliverySource: 60,
  LogDeliveryDestination: 60,
  Api: 128,
};

describe("the name of a pipeline", () => {
  for (const name of ["a", "files-2", "a234567890123456789012"]) {
    it(`may be ${name}`, () => {
      expect(() => named(name)).not.to.throw();
    });
  }

  for (const name of ["", "Files", "2files", "files-", "my_files", "xn--files", "a2345678901234567890123"]) {
    it(`may not be ${JSON.stringify(name)}`, () => {
      expect(() => named(name)).to.throw(
        `FileConversionPipeline "${name}" has mistakes:\n  ` +
          "name: expected 1 to 22 of a-z, 0-9 and -, from a letter to a letter or digit, " +
          "without S3's prefixes xn--, sthree-, amzn-s3-demo-, " +
          `received ${JSON.stringify(name)}`,
      );
    });
  }

  it("leaves room for every resource's own part when it is the longest", async () => {
    const graph = await runConfig({}, { program: "test/infra/fixtures/longest-name.ts" });
    for (const [type, limit] of Object.entries(limits)) {
      const resources = all(graph, type);
      expect(resources, type).not.to.deep.equal([]);
      for (const { attributes } of resources) {
        expect(String(attributes.name ?? attributes.bucket).length, type).to.be.within(1, limit);
      }
    }
  });
});
