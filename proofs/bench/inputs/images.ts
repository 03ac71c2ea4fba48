import { stat } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { type PhotoSize, photoRows } from "./photo.ts";

/** The available pictures, named after their megapixels and form. */
export const imageNames = [
  "tiny.jpg",
  "tiny.png",
  "tiny-alpha.png",
  "tiny.webp",
  "1mp.jpg",
  "1mp.png",
  "12mp.jpg",
  "12mp-progressive.jpg",
  "24mp.jpg",
  "12mp.png",
  "12mp-alpha.png",
  "24mp.png",
  "96mp.png",
  "12mp.webp",
  "50mp-progressive.jpg",
  "50mp.png",
  "50mp-interlaced.png",
] as const;
export type ImageName = (typeof imageNames)[number];

/** Width and height: four to three, except for the tiny picture. */
const sizes: Readonly<Record<string, readonly [number, number]>> = {
  tiny: [8, 8],
  "1mp": [1200, 900],
  "12mp": [4000, 3000],
  "24mp": [5656, 4242],
  "50mp": [8160, 6120],
  "96mp": [11312, 8484],
};

const seed = 2026;

/** Creates the picture of this name in `directory` unless it exists; returns its path. */
export async function imageFile(directory: string, name: ImageName): Promise<string> {
  const path = join(directory, name);
  if (await exists(path)) return path;
  const [, megapixels = "", form = "", extension] = /^(\w+?)(-\w+)?\.(\w+)$/.exec(name) ?? [];
  const [width, height] = sizes[megapixels] ?? [0, 0];
  const size: PhotoSize = { width, height, channels: form === "-alpha" ? 4 : 3 };
  const image = sharp(pixels(size), { raw: size, limitInputPixels: false });
  switch (extension) {
    case "jpg":
      await image.jpeg({ quality: 88, progressive: form === "-progressive" }).toFile(path);
      break;
    case "png":
      await image.png({ compressionLevel: 6, progressive: form === "-interlaced" }).toFile(path);
      break;
    case "webp":
      await image.webp({ quality: 85, effort: 2 }).toFile(path);
      break;
  }
  return path;
}

function pixels(size: PhotoSize): Buffer {
  const data = Buffer.allocUnsafe(size.width * size.height * size.channels);
  let offset = 0;
  for (const row of photoRows(size, seed)) offset += row.copy(data, offset);
  return data;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
