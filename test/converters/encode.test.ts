import { expect } from "chai";
import { layOn } from "../../converters/encode.ts";
import { pixelAt, solid } from "./pictures.ts";

describe("layOn", () => {
  it("puts a transparent image on a background, and leaves an opaque one unchanged", async () => {
    const clear = solid({ colour: "#ff000000" });
    const laid = await layOn("#00ff0000", clear, { hasAlpha: true }).png().toBuffer();
    expect(await pixelAt(laid, 0, 0)).to.deep.equal([0, 255, 0]);

    const opaque = solid();
    // Sharp would refuse this colour, so the opaque image was not passed to it.
    expect(layOn("#no", opaque, { hasAlpha: false })).to.equal(opaque);
  });
});
