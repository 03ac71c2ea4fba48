import { sanitised, shortened } from "../../contract/safe-name.ts";
import { canonicalExtension } from "./extension.ts";

/**
 * The name under which an upload is stored: the client's, made safe, at most 200 bytes long and with the canonical,
 * lower-case extension of `contentType`.
 */
export function storedFilename(filename: string, contentType: string): string {
  const { stem, extension } = canonicalExtension(sanitised(filename), contentType);
  return shortened(stem, extension);
}
