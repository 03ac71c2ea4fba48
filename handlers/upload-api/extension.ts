import mime from "mime";
import { extensionOf } from "../../contract/keys.ts";
import { mediaTypes } from "../../contract/media-types.ts";
import { sourceType } from "../../contract/source-type.ts";

const unknownExtension = ".bin";

/** Matches an extension of letters and digits. Other text after a dot is the end of a sentence. */
const plainExtension = /^\.[a-z0-9][a-z0-9_+-]{0,15}$/;

/** A filename in two parts. */
export interface FilenameParts {
  readonly stem: string;
  /** With its dot, or empty. */
  readonly extension: string;
}

/**
 * Gives a filename the extension of its declared type, in lower case, because subscriptions filter events by it:
 * `photo.JPEG` as image/jpeg becomes `photo` and `.jpg`; `x.png` as text/plain becomes `x.png` and `.txt`.
 */
export function canonicalExtension(filename: string, contentType: string): FilenameParts {
  const written = extensionOf(filename);
  const extension = written.toLowerCase();
  const replaced = (by: string) => ({
    stem: filename.slice(0, filename.length - written.length),
    extension: by,
  });
  const appended = (extension: string) => ({ stem: filename, extension });

  const routed = mediaTypes.find((type) => type.contentType === contentType)?.extension;
  const isOfType =
    extension === routed || mime.getAllExtensions(contentType)?.has(extension.slice(1)) === true;
  if (isOfType) return replaced(routed ?? extension);

  const canonical = routed ?? `.${mime.getExtension(contentType) ?? "bin"}`;
  if (canonical !== unknownExtension) return appended(canonical);
  const meansNothingElse = sourceType(filename).contentType === "application/octet-stream";
  return plainExtension.test(extension) && meansNothingElse
    ? replaced(extension)
    : appended(unknownExtension);
}
