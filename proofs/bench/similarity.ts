import sharp from "sharp";
import { ssim } from "ssim.js";

/** Mean structural similarity of two pictures of one size: 1 is equal. */
export async function similarity(a: string | Buffer, b: string | Buffer): Promise<number> {
  const [pictureA, pictureB] = await Promise.all([rgba(a), rgba(b)]);
  return ssim(pictureA, pictureB).mssim;
}

async function rgba(image: string | Buffer) {
  const { data, info } = await sharp(image, { limitInputPixels: false })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}
