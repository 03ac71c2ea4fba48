import { ConversionError } from "./errors.ts";
import type { ResizeOptions } from "./options.ts";

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a picture becomes its variant: scaled first, then cropped or padded about its centre to the canvas. */
export interface Geometry {
  readonly scaled: Size;
  readonly canvas: Size;
}

type Fitting = Pick<ResizeOptions, "width" | "height" | "fit" | "enlarge">;

function scale({ width, height }: Size, horizontal: number, vertical: number): Size {
  return {
    width: Math.max(1, Math.round(width * horizontal)),
    height: Math.max(1, Math.round(height * vertical)),
  };
}

/**
 * Where every pixel of a variant comes from, known before anything is decoded.
 *
 * Unless `enlarge` is set no axis is scaled up: `inside` then keeps the source's size, `fill` keeps the
 * short axis, `cover` crops to what there is, and `contain` pads the unscaled picture to the full canvas.
 *
 * @param source the upright size of one frame
 */
export function geometry(source: Size, { width, height, fit, enlarge }: Fitting): Geometry {
  const limit = enlarge ? Number.POSITIVE_INFINITY : 1;
  const horizontal = Math.min(limit, width === undefined ? Number.POSITIVE_INFINITY : width / source.width);
  const vertical = Math.min(limit, height === undefined ? Number.POSITIVE_INFINITY : height / source.height);
  const smaller = Math.min(horizontal, vertical);
  const box = { width: width ?? source.width, height: height ?? source.height };

  switch (fit) {
    case "fill": {
      const scaled = scale(source, horizontal, vertical);
      return { scaled, canvas: scaled };
    }
    case "cover": {
      const larger = Math.max(horizontal, vertical);
      const scaled = scale(source, larger, larger);
      const canvas = {
        width: Math.min(box.width, scaled.width),
        height: Math.min(box.height, scaled.height),
      };
      return { scaled, canvas };
    }
    case "contain":
      return { scaled: scale(source, smaller, smaller), canvas: box };
    case "inside": {
      const scaled = scale(source, smaller, smaller);
      return { scaled, canvas: scaled };
    }
  }
}

/** @throws {ConversionError} `too-large` when the output would have more than `maxPixels` over all its `frames` */
export function checkOutputSize({ scaled, canvas }: Geometry, frames: number, maxPixels: number): void {
  for (const { width, height } of [scaled, canvas]) {
    if (width * height * frames > maxPixels) {
      const size = `${width}×${height}${frames > 1 ? ` in ${frames} frames` : ""}`;
      throw new ConversionError(
        "too-large",
        `the output would have ${size} pixels; allowed are ${maxPixels / 1e6} megapixels`,
      );
    }
  }
}
