import type { PermanentErrorCode } from "../contract/error-codes.ts";
import { type MediaType, png } from "../contract/media-types.ts";
import { ConversionError } from "./errors.ts";

interface Rule {
  readonly message: RegExp;
  /** Absent where retrying may help. */
  readonly code?: PermanentErrorCode;
}

/** What sharp 0.35 and libvips 8.18 say, the first match deciding. What no rule knows stays transient. */
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
  // An offset that leads out of the file: all that is said of some TIFFs.
  { message: /: bad seek to \d+/, code: "corrupt-input" },
];

/** A read error in an interlaced PNG has no text of its own: what remains is that the encoder got nothing. */
const interlacedPngRule: Rule = {
  message: /^(?:Unknown error|vips2png: unable to write to target target)$/,
  code: "corrupt-input",
};

/** The line that says most, without libvips's prefixes and the paths of local files. */
function summary(message: string): string {
  const lines = message
    .replace(/^Input file has corrupt header:\s*/, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.includes("bad seek"));
  return (lines[0] ?? "its header cannot be read").replace(/^(?:VipsJpeg|vipspng|heif|webp|gifload): /, "");
}

/** Turns a failure of sharp over a file of `type` into a ConversionError if it is permanent, else returns it as it is. */
export function toConversionError(error: unknown, type: MediaType): unknown {
  if (!(error instanceof Error)) return error;
  const applicable = type === png ? [...rules, interlacedPngRule] : rules;
  const code = applicable.find(({ message }) => message.test(error.message))?.code;
  if (!code) return error;
  const subject = code === "corrupt-input" ? `the ${type.contentType} data is damaged or cut short: ` : "";
  return new ConversionError(code, `${subject}${summary(error.message)}`, { cause: error });
}
