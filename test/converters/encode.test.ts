import { expect } from "chai";
import { layOn } from "../../converters/encode.ts";
import { pixelAt, solid } from "./pictures.ts";

describe("layOn", () => {
  it("lays what lets it through on a background, and leaves what is opaque as it is", async () => {
    const clear = solid({ colour: "#ff000000" });
    const laid = await layOn("#00ff0000", clear, { hasAlpha: true }).png().toBuffer();
    expect(await pixelAt(laid, 0, 0)).to.deep.equal([0, 255, 0]);

    const opaque = solid();
    // A colour that cannot be read would be refused, had sharp been given it.
    expect(layOn("#no", opaque, { hasAlpha: false })).to.equal(opaque);
  });
});
