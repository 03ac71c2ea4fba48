import { canonicalExtension } from "./extension.ts";

/** Leaves room in S3's 1,024 bytes for every prefix, and fits the 255 bytes of common file systems. */
export const maxFilenameBytes = 200;

const fallback = "file";

/** Control characters, bidirectional controls (they can disguise an extension) and code points XML cannot carry. */
const invisible = /[\p{Cc}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u{FEFF}]/gu;
const lineSeparators = /[\p{Zl}\p{Zp}]/gu;
/** Allowed by S3 and refused by Windows, which may be where the file is saved. */
const refusedByWindows = /[<>:"|?*]/g;
const windowsDevice = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(?:\.|$))/i;

function lastSegment(path: string): string {
  return path.split(/[/\\]/).findLast((segment) => segment.trim() !== "") ?? "";
}

/** Spaces and dots at the ends: they hide files on Unix and are dropped by Windows. */
function trimmed(text: string): string {
  return text.replace(/^[\s.]+|[\s.]+$/gu, "");
}

/** The longest beginning of `text` that fits `bytes` of UTF-8, never part of a character. */
function cut(text: string, bytes: number): string {
  let end = 0;
  let used = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** A name without anything that an S3 key, a URL, an archive or a file system could take amiss. */
function sanitised(filename: string): string {
  // Composed last: what is invisible may have stood between a letter and its accent.
  const visible = filename.toWellFormed().replace(invisible, "").normalize("NFC");
  return trimmed(lastSegment(visible).replace(lineSeparators, " ").replace(refusedByWindows, "_"));
}

/**
 * The name under which an upload is stored: the client's, made safe, at most 200 bytes long and with the canonical,
 * lower-case extension of `contentType`.
 */
export function storedFilename(filename: string, contentType: string): string {
  const { stem, extension } = canonicalExtension(sanitised(filename), contentType);
  const short = (text: string) => trimmed(cut(text, maxFilenameBytes - Buffer.byteLength(extension)));
  const safe = short(short(stem).replace(windowsDevice, "_$&"));
  return `${safe || fallback}${extension}`;
}
