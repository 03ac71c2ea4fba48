import { closeSync, openSync, readSync } from "node:fs";
import sharp, { type Metadata, type OutputInfo, type Sharp } from "sharp";
import { gif, type MediaType, tiff, webp } from "../contract/media-types.ts";
import type { Source } from "./converter.ts";
import { ConversionError } from "./errors.ts";
import { attempt, finish, inTurn } from "./finish.ts";
import type { Size } from "./geometry.ts";
import { toConversionError } from "./image-errors.ts";
import { sniff, sniffedBytes } from "./sniff.ts";

/** libvips caches operations of earlier images, which a next one never asks for. */
sharp.cache(false);

/** Lambda gives a full vCPU at 1,769 MB, and the image functions have no more: a second thread only costs memory. */
sharp.concurrency(1);

/** Everything is blocked that is not named: SVG, PDF, CSV, ImageMagick … can read other files or run for ever. */
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Heif", "Nsgif", "Tiff"].map((format) => `VipsForeignLoad${format}`),
});

/** Most pixels a picture may have, over all frames that are asked for; judged by the header, before decoding. */
export const maxPixels = 50_000_000;

/**
 * Longest side a picture may have, which is JPEG's and GIF's own limit. libvips holds some rows at once, and what they
 * take grows with their length: 5,000,000×10 pixels were measured to take 2.5 GB to scale down, 65,535×760 0.23 GB.
 */
const maxSide = 65_535;

/** A file whose header has been read and found within the limits. */
export interface Picture {
  readonly type: MediaType;
  /** One upright frame. */
  readonly size: Size;
  /** More than one in an animated GIF or WebP. */
  readonly frames: number;
  /** Whether a frame may let a background through. */
  readonly hasAlpha: boolean;
  /** The first frame, upright and in sRGB. */
  decode(): Sharp;
  /**
   * All frames, one below the other as sharp has them. Orientation tags, which no animation is known to
   * carry, are not applied: turning the strip would turn the order of its frames.
   *
   * @throws {ConversionError} `too-many-pixels`
   */
  decodeFrames(): Sharp;
}

/** Decoded pixels, 8-bit sRGB. */
export interface Pixels extends Size {
  readonly data: Buffer;
  readonly channels: OutputInfo["channels"];
}

/** Waits for the disk: handing a few bytes from thread to thread takes ten times as long as reading them. */
function readHead(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(sniffedBytes);
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}

function typeOf(path: string, declared: string): MediaType {
  const sniffed = sniff(readHead(path));
  if (!("type" in sniffed)) {
    throw new ConversionError(
      "unsupported-format",
      `the file is ${sniffed.found}; allowed are JPEG, PNG, WebP, AVIF, GIF and TIFF`,
    );
  }
  if (sniffed.type.contentType !== declared) {
    throw new ConversionError(
      "type-mismatch",
      `declared ${declared}, found ${sniffed.type.contentType}; upload it under its own type`,
    );
  }
  return sniffed.type;
}

const bytesPerSample: Partial<Record<Metadata["depth"], number>> = {
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
  complex: 8,
  double: 8,
  dpcomplex: 16,
};

/**
 * Bytes that a decoder holds for each pixel of the whole picture at once. Baseline JPEG and plain PNG go
 * line by line. Progressive JPEG keeps 16-bit coefficients, and a TIFF's one strip may be all of it; the
 * figures of AVIF and GIF were measured with libvips 8.18 over 50 megapixels.
 */
function heldBytesPerPixel({ format, isProgressive, chromaSubsampling, channels, depth }: Metadata): number {
  switch (format) {
    case "heif":
      return 18;
    case "gif":
      return 6;
    case "jpeg":
      if (!isProgressive) return 0;
      return chromaSubsampling === "4:2:0" ? 3 : 2 * channels;
    case "png":
      return isProgressive ? channels * (bytesPerSample[depth] ?? 1) : 0;
    default:
      return channels * (bytesPerSample[depth] ?? 1);
  }
}

function checkPixels({ width, height }: Size, frames: number): void {
  if (Math.max(width, height) > maxSide) {
    const size = `${width}×${height}`;
    throw new ConversionError("too-many-pixels", `${size} has a side over the allowed ${maxSide} pixels`);
  }
  const pixels = width * height * frames;
  if (pixels > maxPixels) {
    const size = `${width}×${height}${frames > 1 ? ` in ${frames} frames` : ""}`;
    throw new ConversionError(
      "too-many-pixels",
      `${size} is ${(pixels / 1e6).toFixed(1)} megapixels; allowed are ${maxPixels / 1e6}`,
    );
  }
}

function checkHeldBytes(metadata: Metadata, type: MediaType, maxHeldBytes: number): void {
  const { width, height, isProgressive } = metadata;
  const perPixel = heldBytesPerPixel(metadata);
  if (width * height * perPixel > maxHeldBytes) {
    const kind = `${isProgressive ? "interlaced or progressive " : ""}${type.contentType}`;
    throw new ConversionError(
      "too-many-pixels",
      `${width}×${height} is ${((width * height) / 1e6).toFixed(1)} megapixels; allowed are ` +
        `${(maxHeldBytes / perPixel / 1e6).toFixed(1)} for ${kind} held whole at ${perPixel} bytes a pixel`,
    );
  }
}

/** sharp takes 16-bit RGB with a profile to Display P3, and grey past the colour of a background it is laid on. */
function toSrgb(decoded: Sharp, { depth, hasProfile, hasAlpha, space }: Metadata): Sharp {
  if (depth === "ushort" && space === "rgb16" && hasProfile) {
    return decoded.withIccProfile("srgb", { attach: false });
  }
  if (hasAlpha && (space === "b-w" || space === "grey16")) return decoded.pipelineColourspace("srgb");
  return decoded;
}

/** What sharp says where warnings came first: tiles are then not read any further, whatever else they hold. */
const isMereWarning = /^Warning treated as error due to failOn setting/;

/**
 * Below `failOn: "warning"` libvips paints the tiles of a TIFF black that it cannot read, without a word.
 *
 * @throws {ConversionError} `corrupt-input`
 */
async function checkTiles(path: string): Promise<void> {
  try {
    const strict = sharp(path, { failOn: "warning", limitInputPixels: maxPixels });
    await inTurn(() => strict.resize(16, 16, { fit: "fill" }).raw().toBuffer());
  } catch (error) {
    if (error instanceof Error && isMereWarning.test(error.message)) return;
    throw toConversionError(error, tiff);
  }
}

/**
 * Reads no more than the header, except of a TIFF, whose pixels are all looked at.
 *
 * @param maxHeldBytes most memory the decoder may hold of the picture at once
 * @throws {ConversionError} `empty-file`, `unsupported-format`, `type-mismatch`, `corrupt-input`, `too-many-pixels`
 */
export async function openPicture(source: Source, maxHeldBytes: number): Promise<Picture> {
  if (source.bytes === 0) throw new ConversionError("empty-file", "the file has no bytes");
  const path = await source.file();
  const type = typeOf(path, source.contentType);
  const metadata = await attempt(type, () => sharp(path, { limitInputPixels: false }).metadata());
  const page = { width: metadata.width, height: metadata.height };
  const frames = type === gif || type === webp ? (metadata.pages ?? 1) : 1;
  checkPixels(page, 1);
  checkHeldBytes(metadata, type, maxHeldBytes);
  if (type === tiff) await checkTiles(path);

  const options = { failOn: "error", limitInputPixels: maxPixels } as const;
  return {
    type,
    size: { width: metadata.autoOrient.width, height: metadata.autoOrient.height },
    frames,
    hasAlpha: metadata.hasAlpha || frames > 1,
    decode: () => toSrgb(sharp(path, { ...options, autoOrient: true }), metadata),
    decodeFrames() {
      checkPixels(page, frames);
      return sharp(path, { ...options, animated: true });
    },
  };
}

/** Decodes once what several pipelines start from. */
export async function toPixels(type: MediaType, pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await finish(type, pipeline.raw());
  return { data, width: info.width, height: info.height, channels: info.channels };
}

export function fromPixels({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/** Frees pixels at once, which would be garbage of megabytes until V8 found its own small heap full. */
export function freePixels({ data }: Pixels): void {
  if (data.buffer instanceof ArrayBuffer && data.length === data.buffer.byteLength) data.buffer.transfer(0);
}
