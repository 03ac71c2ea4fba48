import { rm } from "node:fs/promises";
import { expect } from "chai";
import { convert } from "../../converters/resize.ts";
import { convertAll } from "./convert-all.ts";
import { photograph, smallPhotograph, solid } from "./pictures.ts";
import { type Configured, options, resizeOne } from "./resizing.ts";
import { ssim } from "./similarity.ts";
import { sourceOf } from "./sources.ts";

describe("resize of several variants", () => {
  const sizes: Record<string, Configured> = {
    large: { width: 900, format: "png" },
    near: { width: 800, format: "png" },
    small: { width: 150, format: "png" },
    cover: { width: 200, height: 300, fit: "cover", format: "png" },
    contain: { width: 200, height: 300, fit: "contain", background: "#11223344", format: "png" },
    fill: { width: 400, height: 100, fit: "fill", format: "png" },
  };

  it("makes each variant like a conversion of that variant alone", async () => {
    for (const [filename, contents] of [
      ["a.jpg", await photograph(6)],
      [
        "a.png",
        await (await smallPhotograph(1200))
          .composite([
            {
              input: Buffer.from([255, 255, 255, 90]),
              raw: { width: 1, height: 1, channels: 4 },
              tile: true,
              blend: "dest-in",
            },
          ])
          .png({ compressionLevel: 1 })
          .toBuffer(),
      ],
    ] as const) {
      const source = sourceOf(filename, contents);
      const parsed = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, options(size)]));
      const { outputs } = await convertAll(convert, source, parsed);
      expect([...outputs.keys()]).to.have.members(Object.keys(sizes));
      for (const [name, { body, width, height }] of outputs) {
        const alone = await resizeOne(filename, contents, sizes[name] ?? {});
        expect({ width, height }, name).to.deep.equal({ width: alone.width, height: alone.height });
        expect(await ssim(body as Buffer, alone.body), `${filename} ${name}`).to.be.above(0.98);
      }
    }
  });

  it("makes the same bytes of one wanted variant as of all variants at once", async () => {
    const sizes = [
      { name: "large", options: options({ width: 300 }) },
      { name: "middle", options: options({ width: 140 }) },
      { name: "small", options: options({ width: 60 }) },
    ];
    const source = sourceOf("a.jpg", await photograph());
    const bytesOf = async (isWanted?: (name: string) => boolean) => {
      const made = new Map<string, unknown>();
      for await (const conversion of convert(source, sizes, isWanted)) {
        made.set(conversion.variant, "output" in conversion && conversion.output.body);
      }
      return made;
    };
    const whole = await bytesOf();
    for (const wanted of ["large", "middle", "small"]) {
      const made = await bytesOf((name) => name === wanted);
      expect([...made.keys()]).to.deep.equal([wanted]);
      expect(made.get(wanted), wanted).to.deep.equal(whole.get(wanted));
    }
  });

  it("decodes once, so the file may disappear after the first variant", async () => {
    const source = sourceOf("a.jpg", await photograph());
    const made: string[] = [];
    for await (const { variant } of convert(source, [
      { name: "large", options: options({ width: 300 }) },
      { name: "small", options: options({ width: 200 }) },
    ])) {
      made.push(variant);
      await rm(await source.file(), { force: true });
    }
    expect(made).to.deep.equal(["large", "small"]);
  });

  it("reports a variant that is too large, and makes the others", async () => {
    const source = sourceOf("a.png", await solid().png().toBuffer());
    const { outputs, errors } = await convertAll(convert, source, {
      wall: options({ width: 16_000, height: 16_000, fit: "fill", enlarge: true }),
      film: options({ width: 5000, enlarge: true, format: "avif" }),
      good: options({ width: 32 }),
    });
    expect([...outputs.keys()]).to.deep.equal(["good"]);
    expect(errors.get("wall")).to.have.property("code", "too-large");
    expect(errors.get("film")).to.have.property("code", "too-large");
  });
});
