import { expect } from "chai";
import { checkOutputSize, geometry } from "../../converters/geometry.ts";

const landscape = { width: 1800, height: 1200 };
const small = { width: 200, height: 100 };

function fitted(source: typeof landscape, options: Partial<Parameters<typeof geometry>[1]>) {
  return geometry(source, {
    width: undefined,
    height: undefined,
    fit: "inside",
    enlarge: false,
    ...options,
  });
}

describe("geometry", () => {
  it("keeps the aspect ratio inside the box", () => {
    expect(fitted(landscape, { width: 300, height: 300 }).canvas).to.deep.equal({ width: 300, height: 200 });
  });

  it("computes a missing side from the aspect ratio", () => {
    expect(fitted(landscape, { width: 450 }).canvas).to.deep.equal({ width: 450, height: 300 });
    expect(fitted(landscape, { height: 300 }).canvas).to.deep.equal({ width: 450, height: 300 });
  });

  it("covers the box and crops the rest", () => {
    expect(fitted(landscape, { width: 300, height: 300, fit: "cover" })).to.deep.equal({
      scaled: { width: 450, height: 300 },
      canvas: { width: 300, height: 300 },
    });
  });

  it("pads to the whole box", () => {
    expect(fitted(landscape, { width: 300, height: 300, fit: "contain" })).to.deep.equal({
      scaled: { width: 300, height: 200 },
      canvas: { width: 300, height: 300 },
    });
  });

  it("fills the box with any aspect ratio", () => {
    expect(fitted(landscape, { width: 300, height: 50, fit: "fill" }).canvas).to.deep.equal({
      width: 300,
      height: 50,
    });
  });

  it("does not enlarge by default", () => {
    const box = { width: 400, height: 50 };
    expect(fitted(small, { width: 400 }).canvas).to.deep.equal(small);
    expect(fitted(small, { ...box, fit: "fill" }).canvas).to.deep.equal({ width: 200, height: 50 });
    expect(fitted(small, { ...box, fit: "cover" }).canvas).to.deep.equal({ width: 200, height: 50 });
    expect(fitted(small, { width: 400, height: 400, fit: "contain" })).to.deep.equal({
      scaled: small,
      canvas: { width: 400, height: 400 },
    });
  });

  it("enlarges with the option", () => {
    expect(fitted(small, { width: 400, enlarge: true }).canvas).to.deep.equal({ width: 400, height: 200 });
  });

  it("keeps at least one pixel of each side of an extreme aspect ratio", () => {
    expect(fitted({ width: 10_000, height: 3 }, { width: 100 }).canvas).to.deep.equal({
      width: 100,
      height: 1,
    });
  });

  it("refuses an output whose frames have too many pixels in total", () => {
    const size = { width: 10_000, height: 5_000 };
    expect(() => checkOutputSize({ scaled: size, canvas: size }, 1, 50e6)).not.to.throw();
    expect(() => checkOutputSize({ scaled: size, canvas: size }, 2, 50e6))
      .to.throw(/10000×5000 in 2 frames.*50 megapixels/)
      .with.property("code", "too-large");
  });
});
