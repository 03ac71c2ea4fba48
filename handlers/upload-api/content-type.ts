import { MIMEType } from "node:util";

/** The registered types of other spellings, which browsers and old clients send. */
const registeredTypes: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
  "application/x-zip-compressed": "application/zip",
};

/** Matches the name of a media type by RFC 6838, section 4.2. Ranges such as `image/*` do not match. */
const restrictedNames = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/;

/** Returns the registered media type, in lower case and without parameters, or undefined when `text` is not a media type. */
export function parseContentType(text: string): string | undefined {
  try {
    const { essence } = new MIMEType(text);
    return restrictedNames.test(essence) ? (registeredTypes[essence] ?? essence) : undefined;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
