import { MIMEType } from "node:util";

/** Spellings browsers and old clients send, and the registered type each stands for. */
const registeredTypes: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
  "application/x-zip-compressed": "application/zip",
};

/**
 * The media type in lower case, without parameters and under its registered name.
 *
 * Returns undefined when `text` is no media type.
 */
export function parseContentType(text: string): string | undefined {
  try {
    const { essence } = new MIMEType(text);
    return registeredTypes[essence] ?? essence;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
