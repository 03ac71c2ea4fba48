import { closeSync, openSync, readSync } from "node:fs";
import sharp, { type Metadata, type OutputInfo, type Sharp } from "sharp";
import { gif, type MediaType, tiff, webp } from "../contract/media-types.ts";
import type { Source } from "./converter.ts";
import { ConversionError } from "./errors.ts";
import { attempt, finish, inTurn } from "./finish.ts";
import { toConversionError } from "./image-errors.ts";
import type { Size } from "./size.ts";
import { sniff, sniffedBytes } from "./sniff.ts";

/** libvips caches operations of earlier pictures. Another picture never uses them. */
sharp.cache(false);

/** The functions for pictures have at most 1,769 MB, which is one vCPU on Lambda. A second thread would only cost memory. */
sharp.concurrency(1);

/** Blocks all loaders but these: SVG, PDF, CSV, ImageMagick and others can read other files or never end. */
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Jpeg", "Png", "Webp", "Heif", "Nsgif", "Tiff"].map((format) => `VipsForeignLoad${format}`),
});

/** The most pixels that a picture may have, all decoded frames together. The header is checked before decoding. */
export const maxPixels = 50_000_000;

/**
 * The longest side that a picture may have: the limit of JPEG and GIF themselves. libvips holds several rows at once, so
 * long rows need memory: to scale down 5,000,000×10 pixels took 2.5 GB, and 65,535×760 took 0.23 GB (measured).
 */
const maxSide = 65_535;

/** A picture whose header has been read and is within the limits. */
export interface Picture {
  readonly type: MediaType;
  /** The upright size of one frame. */
  readonly size: Size;
  /** The number of frames: more than one in an animated GIF or WebP. */
  readonly frames: number;
  /** True when a frame may be transparent somewhere. */
  readonly hasAlpha: boolean;
  /** Decodes the first frame, upright and in sRGB. */
  decode(): Sharp;
  /**
   * Decodes all frames, one below the other as sharp stores them. It ignores orientation tags, because to rotate the strip
   * would reorder its frames. No animation is known to have such a tag.
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

/** Reads the first bytes synchronously: to pass a few bytes between threads takes ten times as long as to read them. */
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
 * Returns how many bytes a decoder holds at once for each pixel of the picture. Baseline JPEG and plain PNG are decoded
 * line by line. Progressive JPEG keeps 16-bit coefficients, and a TIFF may be one single strip. The figures of AVIF and
 * GIF were measured with libvips 8.18 on 50 megapixels.
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

/**
 * Makes sharp produce sRGB in two cases where it does not do so itself: it converts 16-bit RGB with a profile to Display
 * P3, and a grey picture with transparency would lose the colour of its background.
 */
function toSrgb(decoded: Sharp, { depth, hasProfile, hasAlpha, space }: Metadata): Sharp {
  if (depth === "ushort" && space === "rgb16" && hasProfile) {
    return decoded.withIccProfile("srgb", { attach: false });
  }
  if (hasAlpha && (space === "b-w" || space === "grey16")) return decoded.pipelineColourspace("srgb");
  return decoded;
}

/** The message of sharp when a mere warning came first. It then stops reading, so the tiles after it stay unchecked. */
const isMereWarning = /^Warning treated as error due to failOn setting/;

/**
 * Checks that the tiles of a TIFF can be read. Below `failOn: "warning"`, libvips silently makes unreadable tiles black.
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
 * Opens the picture in `source` and checks it against the limits. It reads only the header, and all pixels of a TIFF.
 *
 * @param maxHeldBytes the most memory that the decoder may hold at once
 * @throws {ConversionError} `empty-file`, `unsupported-format`, `type-mismatch`, `corrupt-input`, `too-many-pixels`
 * @example
 * ```ts
 * const picture = await openPicture(source, 256 * 1024 * 1024);
 * const grey = picture.decode().grayscale();
 * ```
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

/**
 * Runs a pipeline to raw pixels, from which several pipelines can start with `fromPixels`.
 *
 * @param type the type of the file that `pipeline` decodes, for the messages of errors
 */
export async function toPixels(type: MediaType, pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await finish(type, pipeline.raw());
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** Starts a pipeline from decoded pixels. */
export function fromPixels({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/**
 * Releases the memory of pixels at once. They lie outside V8's heap, so the garbage collector would run too late: it
 * watches its own small heap.
 */
export function freePixels({ data }: Pixels): void {
  if (data.buffer instanceof ArrayBuffer && data.length === data.buffer.byteLength) data.buffer.transfer(0);
}
