import { avif, gif, jpeg, png, webp } from "../../contract/media-types.ts";
import type { Size } from "../../converters/size.ts";

/** Functions that read the size in a picture's header, by content type. */
const readers: Readonly<Record<string, (bytes: Buffer) => Size | undefined>> = {
  [jpeg.contentType]: jpegSize,
  [png.contentType]: (bytes) => ({ width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }),
  [gif.contentType]: (bytes) => ({ width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }),
  [webp.contentType]: webpSize,
  [avif.contentType]: avifSize,
};

/** Returns the size in a picture's header. Returns undefined for a broken header, or for a type that is not a picture's. */
export function pictureSize(contentType: string, bytes: Buffer): Size | undefined {
  try {
    return readers[contentType]?.(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Reads the segments up to the frame header, SOF0 to SOF15 without DHT, JPG and DAC: ITU-T T.81, table B.1. */
function jpegSize(bytes: Buffer): Size | undefined {
  const noFrames = [0xc4, 0xc8, 0xcc];
  for (let at = 2; bytes.readUInt8(at) === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && !noFrames.includes(marker)) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    }
  }
  return undefined;
}

/** Reads the first chunk, lossy, lossless or extended: https://developers.google.com/speed/webp/docs/riff_container. */
function webpSize(bytes: Buffer): Size | undefined {
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8 ":
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case "VP8L": {
      const bits = bytes.readUInt32LE(21);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    case "VP8X":
      return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
    default:
      return undefined;
  }
}

/** Reads the image spatial extents property, ISO/IEC 23008-12 section 6.5.3. */
function avifSize(bytes: Buffer): Size | undefined {
  const property = bytes.indexOf("ispe", 0, "latin1");
  if (property < 0) return undefined;
  return { width: bytes.readUInt32BE(property + 8), height: bytes.readUInt32BE(property + 12) };
}
