import { ConversionError } from "./errors.ts";
import type { Size } from "./size.ts";

/** The steps from a picture to its variant: it is scaled, then cropped or padded around its centre to the canvas. */
export interface Geometry {
  readonly scaled: Size;
  readonly canvas: Size;
}

/** The options that decide the size of a variant. */
export interface Fitting {
  /** The box's width in pixels; absent when only the height limits the variant. */
  readonly width?: number | undefined;
  /** The box's height in pixels; absent when only the width limits the variant. */
  readonly height?: number | undefined;
  /**
   * `inside` keeps the whole picture in the box, `cover` fills the box and crops, `contain` fills the box and pads, and
   * `fill` fills the box and distorts. All but `inside` need both sides.
   */
  readonly fit: "inside" | "cover" | "contain" | "fill";
  /** Scales up a picture that is smaller than the box. */
  readonly enlarge: boolean;
}

function scale({ width, height }: Size, horizontal: number, vertical: number): Size {
  return {
    width: Math.max(1, Math.round(width * horizontal)),
    height: Math.max(1, Math.round(height * vertical)),
  };
}

/**
 * Returns the geometry of a variant. It needs no decoded picture.
 *
 * Without `enlarge`, no axis is scaled up. A source that is smaller than the box then keeps its size with `inside`, keeps
 * its short axis with `fill`, is cropped to the part that it covers with `cover`, and is padded to the box with `contain`.
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
