import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { converterNames } from "../../../converters/registry.ts";
import { convertEnvironment } from "../../../handlers/convert/environment.ts";
import { uploadApiEnvironment } from "../../../handlers/upload-api/environment.ts";
import { functionVariables } from "../../../proofs/bench/measure/function-variables.ts";

describe("the variables with which the bench starts functions", () => {
  it("include all that each function reads", async () => {
    const directory = await mkdtemp(join(tmpdir(), "henkan-variables-"));
    try {
      const variables = await functionVariables(directory);
      for (const name of converterNames) {
        expect(convertEnvironment({ ...variables.get(name) }).CONVERTER).to.equal(name);
      }
      expect(uploadApiEnvironment({ ...variables.get("upload-api") }).VARIANTS).to.have.length(3);
      expect(variables.get("resize")).to.include({ AWS_REGION: "eu-central-1" });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
