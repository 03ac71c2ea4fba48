import { crc32, inflateSync } from "node:zlib";
import { type Header, samplesPerPixel, scanlineBytes, signature } from "./png.ts";

interface ReadChunk {
  readonly type: string;
  readonly data: Buffer;
  readonly isIntact: boolean;
}

function* chunksOf(file: Buffer): Generator<ReadChunk> {
  for (let at = signature.length; at + 12 <= file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    if (end + 4 > file.length) return;
    const typed = file.subarray(at + 4, end);
    yield {
      type: typed.toString("latin1", 0, 4),
      data: typed.subarray(4),
      isIntact: crc32(typed) === file.readUInt32BE(end),
    };
    at = end + 4;
  }
}

/**
 * Returns the defects in the pixels of a PNG, without using libvips, whose result it checks. Files of other types have
 * no defects.
 */
export function defectsOfPng(file: Buffer): string[] {
  if (!file.subarray(0, signature.length).equals(signature)) return [];
  const chunks = [...chunksOf(file)];
  const damaged = chunks.filter(({ type, isIntact }) => /^(?:IHDR|PLTE|IDAT)$/.test(type) && !isIntact);
  if (damaged.length > 0) return [`the CRC of its ${damaged.map(({ type }) => type).join(", ")} is wrong`];
  const head = chunks.find(({ type }) => type === "IHDR")?.data;
  if (head?.length !== 13) return ["it has no header"];
  const header: Header = {
    width: head.readUInt32BE(0),
    height: head.readUInt32BE(4),
    bitDepth: head.readUInt8(8),
    colourType: head.readUInt8(9),
    interlaced: head.readUInt8(12) === 1,
  };
  const image = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const wanted = scanlineBytes(header);
  try {
    const inflated = inflateSync(image, { maxOutputLength: wanted + 1_000_000 }).length;
    return inflated < wanted
      ? [`it has ${inflated} of ${wanted} bytes (${samplesPerPixel(header)} samples per pixel)`]
      : [];
  } catch (error) {
    return [`its image data cannot be inflated: ${error}`];
  }
}
