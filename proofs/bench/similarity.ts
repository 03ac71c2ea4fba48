import sharp from "sharp";
import { ssim } from "ssim.js";

/** Returns the mean structural similarity (SSIM) of two pictures of the same size; 1 for equal pictures. */
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
