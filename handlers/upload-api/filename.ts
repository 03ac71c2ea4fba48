import { sanitised, shortened } from "../../contract/safe-name.ts";
import { canonicalExtension } from "./extension.ts";

/** Returns the name to store an upload under: the client's name made safe, with the canonical extension of `contentType`. */
export function storedFilename(filename: string, contentType: string): string {
  const { stem, extension } = canonicalExtension(sanitised(filename), contentType);
  return shortened(stem, extension);
}
