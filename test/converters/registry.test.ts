import { expect } from "chai";
import { converterNames, findConverter } from "../../converters/registry.ts";

describe("registry", () => {
  for (const name of converterNames) {
    it(`loads ${name} from the file of the same name, which the bundles import`, async () => {
      const loaded = await findConverter(name)?.load();
      const { convert } = await import(`../../converters/${name}.ts`);
      expect(loaded?.convert).to.be.a("asyncgeneratorfunction").and.to.equal(convert);
    });
  }

  it("has no converter for a name that objects inherit", () => {
    expect(findConverter("toString")).to.equal(undefined);
  });
});
