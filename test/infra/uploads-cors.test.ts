import { expect } from "chai";
import { everything } from "./fixtures/everything.ts";
import { one, runConfig } from "./stages.ts";

describe("CORS of the uploads bucket", () => {
  it("lets pages of the allowed origins send files, whole and in parts, and read the ETag of each", async () => {
    const { allowedOrigins } = everything;
    const { corsRules } = one(await runConfig(everything), "uploads-cors").inputs;
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
});
