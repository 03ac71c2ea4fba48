import sharp from "sharp";

const side = 8;
/** The constants of Wang et al., "Image Quality Assessment", IEEE TIP 13(4), 2004, for 8-bit samples. */
const luminance = (0.01 * 255) ** 2;
const contrast = (0.03 * 255) ** 2;

interface Plane {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

async function greyOf(image: Buffer): Promise<Plane> {
  const { data, info } = await sharp(image)
    .flatten({ background: "#808080" })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function windowSimilarity(a: Plane, b: Plane, left: number, top: number): number {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) {
      const sampleA = a.data[y * a.width + x] ?? 0;
      const sampleB = b.data[y * b.width + x] ?? 0;
      sumA += sampleA;
      sumB += sampleB;
      squaresA += sampleA ** 2;
      squaresB += sampleB ** 2;
      products += sampleA * sampleB;
    }
  }
  const count = side ** 2;
  const [meanA, meanB] = [sumA / count, sumB / count];
  const variances = squaresA / count - meanA ** 2 + squaresB / count - meanB ** 2;
  const covariance = products / count - meanA * meanB;
  return (
    ((2 * meanA * meanB + luminance) * (2 * covariance + contrast)) /
    ((meanA ** 2 + meanB ** 2 + luminance) * (variances + contrast))
  );
}

/**
 * Returns the mean structural similarity (SSIM) of two encoded images of the same size, over 8×8 windows of their grey
 * values. Equal images have 1.
 */
export async function ssim(imageA: Buffer, imageB: Buffer): Promise<number> {
  const [a, b] = await Promise.all([greyOf(imageA), greyOf(imageB)]);
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(
      `Expected equal sizes but received ${a.width}×${a.height} and ${b.width}×${b.height}`,
    );
  }
  const values: number[] = [];
  for (let top = 0; top + side <= a.height; top += side / 2) {
    for (let left = 0; left + side <= a.width; left += side / 2)
      values.push(windowSimilarity(a, b, left, top));
  }
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
