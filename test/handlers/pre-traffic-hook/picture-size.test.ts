import { expect } from "chai";
import sharp, { type Sharp } from "sharp";
import { pictureSize } from "../../../handlers/pre-traffic-hook/picture-size.ts";

const size = { width: 301, height: 17 };

describe("pictureSize", () => {
  const encoders: Readonly<Record<string, [contentType: string, encode: (picture: Sharp) => Sharp]>> = {
    "a JPEG": ["image/jpeg", (picture) => picture.jpeg()],
    "a progressive JPEG": ["image/jpeg", (picture) => picture.jpeg({ progressive: true })],
    "a PNG": ["image/png", (picture) => picture.png()],
    "a GIF": ["image/gif", (picture) => picture.gif()],
    "a lossy WebP": ["image/webp", (picture) => picture.flatten().webp()],
    "a lossless WebP": ["image/webp", (picture) => picture.webp({ lossless: true })],
    "a WebP with alpha": ["image/webp", (picture) => picture.webp()],
    "an AVIF": ["image/avif", (picture) => picture.avif({ effort: 0 })],
  };

  for (const [what, [contentType, encode]] of Object.entries(encoders)) {
    it(`reads the size of ${what}`, async () => {
      const picture = sharp({ create: { ...size, channels: 4, background: "#3366cc80" } });
      const bytes = await encode(picture).toBuffer();
      expect(pictureSize(contentType, bytes)).to.deep.equal(size);
      expect(pictureSize(contentType, bytes.subarray(0, 8))).to.equal(undefined);
    });
  }

  it("returns no size for a file that is not a picture", () => {
    expect(pictureSize("application/zip", Buffer.from("PK"))).to.equal(undefined);
    expect(pictureSize("image/webp", Buffer.from("RIFF0000WEBPxxxx0000"))).to.equal(undefined);
  });
});
