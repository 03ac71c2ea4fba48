import type { PermanentErrorCode } from "../contract/error-codes.ts";
import { type MediaType, png } from "../contract/media-types.ts";
import { ConversionError } from "./errors.ts";

interface Rule {
  readonly message: RegExp;
  /** Absent when a retry may help. */
  readonly code?: PermanentErrorCode;
}

/** Rules for the messages of sharp 0.35 and libvips 8.18. The first match decides; an error without a match is transient. */
const rules: readonly Rule[] = [
  { message: /out of memory|no space left|unable to open|is missing/i },
  { message: /too large for the \w+ format/, code: "too-large" },
  { message: /exceeds pixel limit/, code: "too-many-pixels" },
  {
    message: /exceeds channel limit|unsupported JPEG process|not supported|unimplemented/i,
    code: "unsupported-format",
  },
  { message: /^Input file (?:has corrupt header|contains unsupported image format)/, code: "corrupt-input" },
  { message: /VipsJpeg:|(?:vips|lib|spng)png:|pngload|IDAT/, code: "corrupt-input" },
  { message: /webp:|webp2vips|webpload|gifload|heif:|heifload/, code: "corrupt-input" },
  { message: /tiff2vips|tiffload|TIFF|error in tile/, code: "corrupt-input" },
  // An offset that points outside the file. For some TIFFs there is no other message.
  { message: /: bad seek to \d+/, code: "corrupt-input" },
];

/** libvips has no message for a read error in an interlaced PNG. The encoder then reports that it got no data. */
const interlacedPngRule: Rule = {
  message: /^(?:Unknown error|vips2png: unable to write to target target)$/,
  code: "corrupt-input",
};

/** Returns the most specific line of a message, without libvips's prefixes and without paths of local files. */
function summary(message: string): string {
  const lines = message
    .replace(/^Input file has corrupt header:\s*/, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("bad seek"));
  return (lines[0] ?? "its header cannot be read").replace(/^(?:VipsJpeg|vipspng|heif|webp|gifload): /, "");
}

/** Turns a permanent error of sharp on a file of `type` into a ConversionError, and returns any other error unchanged. */
export function toConversionError(error: unknown, type: MediaType): unknown {
  if (!(error instanceof Error)) return error;
  const applicable = type === png ? [...rules, interlacedPngRule] : rules;
  const code = applicable.find(({ message }) => message.test(error.message))?.code;
  if (!code) return error;
  const subject = code === "corrupt-input" ? `the ${type.contentType} data is damaged or cut short: ` : "";
  return new ConversionError(code, `${subject}${summary(error.message)}`, { cause: error });
}
