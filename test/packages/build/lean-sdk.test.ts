import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { withLiteralKeys } from "../../../packages/build/lean-sdk.ts";

describe("withLiteralKeys", () => {
  it("puts constants' strings in the place of their names", () => {
    const schemas = 'const _h = "httpHeader";\nexport var Input$ = [3, [0, { [_h]: _x, [_unknown]: 1 }]];';
    expect(withLiteralKeys(schemas)).to.equal(
      'const _h = "httpHeader";\nexport var Input$ = [3, [0, { "httpHeader": _x, [_unknown]: 1 }]];',
    );
  });

  it("knows every key of the SDK's schemas", async () => {
    for (const client of ["s3", "sns"]) {
      const entry = fileURLToPath(import.meta.resolve(`@aws-sdk/client-${client}`));
      const schemas = await readFile(entry.replace(/dist-.*/, "dist-es/schemas/schemas_0.js"), "utf8");
      expect(schemas).to.match(/\{ \[_\w+\]: /);
      expect(withLiteralKeys(schemas)).not.to.match(/\[_\w+\]: /);
    }
  });
});
