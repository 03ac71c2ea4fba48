import { MIMEType } from "node:util";

/** Spellings browsers and old clients send, and the registered type each stands for. */
const registeredTypes: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
  "application/x-zip-compressed": "application/zip",
};

/** RFC 6838, 4.2: what the name of a type may be, which excludes ranges such as `image/*`. */
const restrictedNames = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/;

/**
 * The media type in lower case, without parameters and under its registered name.
 *
 * Returns undefined when `text` is no media type.
 */
export function parseContentType(text: string): string | undefined {
  try {
    const { essence } = new MIMEType(text);
    return restrictedNames.test(essence) ? (registeredTypes[essence] ?? essence) : undefined;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
