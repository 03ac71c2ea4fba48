import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { bundledSharp } from "../../../../packages/build/rewrites/sharp.ts";
import { bundled, output } from "./bundled.ts";

/** The module in which sharp searches for its native half. */
const libvips = join(dirname(createRequire(import.meta.url).resolve("sharp")), "libvips.cjs");

/** Prints the hash of a picture that sharp encodes, and sharp's versions. */
const encode = `
  import { createHash } from "node:crypto";
  import sharp from "sharp";
  const picture = sharp({ create: { width: 32, height: 24, channels: 3, background: "#336699" } });
  picture.rotate(90).jpeg({ quality: 80 }).toBuffer().then((bytes) =>
    console.log(createHash("sha256").update(bytes).digest("hex"), JSON.stringify(sharp.versions)));`;

describe("the rewrite sharp", () => {
  it("removes the search for sharp's native half, and pictures stay the same", async () => {
    const [original, rewritten] = await Promise.all([
      bundled(`require(${JSON.stringify(libvips)});`),
      bundled(encode, bundledSharp),
    ]);
    expect(original.packages).to.include.members(["sharp", "semver", "detect-libc"]);
    expect(rewritten.modules).to.include.members(["sharp:./sharp.cjs", "sharp:./libvips.cjs"]);
    expect(rewritten.packages).to.include("sharp").and.not.to.include.oneOf(["semver", "detect-libc"]);
    const background = { create: { width: 32, height: 24, channels: 3, background: "#336699" } } as const;
    const bytes = await sharp(background).rotate(90).jpeg({ quality: 80 }).toBuffer();
    const hash = createHash("sha256").update(bytes).digest("hex");
    expect(await output(rewritten)).to.equal(`${hash} ${JSON.stringify(sharp.versions)}\n`);
  });

  it("names the packages that are missing without the layer", async () => {
    const { stderr } = await output(await bundled(encode, bundledSharp), { NODE_PATH: "" }).catch(
      (error) => error,
    );
    expect(stderr).to.match(
      /Found neither @img\/sharp-\S+ nor @img\/sharp-\S+: the function needs sharp's layer/,
    );
  });
});
