import { extensionOf } from "./keys.ts";

/** The longest safe name. It leaves room for prefixes in S3's 1,024 bytes, and fits the 255 bytes of most file systems. */
export const maxFilenameBytes = 200;

/** A longer extension is not one: the name is a sentence with a dot in it. */
const maxExtensionBytes = 20;

const fallback = "file";

/** Control characters, bidirectional controls, which can disguise an extension, and code points that XML cannot hold. */
const invisible = /[\p{Cc}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u{FEFF}]/gu;
const lineSeparators = /[\p{Zl}\p{Zp}]/gu;
/** Characters that S3 allows but Windows refuses. Someone may save the file there. */
const refusedByWindows = /[<>:"|?*]/g;
const windowsDevice = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(?:\.|$))/i;

function lastSegment(path: string): string {
  return path.split(/[/\\]/).findLast((segment) => segment.trim() !== "") ?? "";
}

/** Removes spaces and dots from both ends: a leading dot hides a file on Unix, and Windows drops trailing ones. */
function trimmed(text: string): string {
  return text.replace(/^[\s.]+|[\s.]+$/gu, "");
}

/** Returns the longest beginning of `text` that fits in `bytes` of UTF-8, in whole characters. */
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

/** Returns the name without anything that an S3 key, a URL, an archive or a file system could misread, of any length. */
export function sanitised(filename: string): string {
  // Composed last, because a removed character may have separated a letter from its accent.
  const visible = filename.toWellFormed().replace(invisible, "").normalize("NFC");
  return trimmed(lastSegment(visible).replace(lineSeparators, " ").replace(refusedByWindows, "_"));
}

/**
 * Joins a sanitised stem and its extension, and shortens the stem so that the name has at most 200 bytes. The result is
 * never empty and never the name of a Windows device.
 */
export function shortened(stem: string, extension: string): string {
  const short = (text: string) => trimmed(cut(text, maxFilenameBytes - Buffer.byteLength(extension)));
  const safe = short(short(stem).replace(windowsDevice, "_$&"));
  return `${safe || fallback}${extension}`;
}

/** Returns a name that every file system accepts, and that cannot lead out of its folder. */
export function safeName(filename: string): string {
  const clean = sanitised(filename);
  const written = extensionOf(clean);
  const extension = Buffer.byteLength(written) > maxExtensionBytes ? "" : written;
  return shortened(clean.slice(0, clean.length - extension.length), extension);
}
