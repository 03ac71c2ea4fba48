import { extensionOf } from "./keys.ts";

/** Leaves room in S3's 1,024 bytes for every prefix, and fits the 255 bytes of common file systems. */
export const maxFilenameBytes = 200;

/** Longer ones are no extensions, but sentences that hold a dot. */
const maxExtensionBytes = 20;

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

/** A name, of any length, without anything that an S3 key, a URL, an archive or a file system could take amiss. */
export function sanitised(filename: string): string {
  // Composed last: what is invisible may have stood between a letter and its accent.
  const visible = filename.toWellFormed().replace(invisible, "").normalize("NFC");
  return trimmed(lastSegment(visible).replace(lineSeparators, " ").replace(refusedByWindows, "_"));
}

/** The stem, shortened as needed, and the whole extension: at most 200 bytes, no Windows device and never nothing. */
export function shortened(stem: string, extension: string): string {
  const short = (text: string) => trimmed(cut(text, maxFilenameBytes - Buffer.byteLength(extension)));
  const safe = short(short(stem).replace(windowsDevice, "_$&"));
  return `${safe || fallback}${extension}`;
}

/** A name that any file system takes, and that stays inside the folder it is put into. */
export function safeName(filename: string): string {
  const clean = sanitised(filename);
  const written = extensionOf(clean);
  const extension = Buffer.byteLength(written) > maxExtensionBytes ? "" : written;
  return shortened(clean.slice(0, clean.length - extension.length), extension);
}
