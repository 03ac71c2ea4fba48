import mime from "mime";
import { extensionOf } from "./keys.ts";
import { type MediaType, mediaTypes } from "./media-types.ts";

const unknownType = "application/octet-stream";

/** Returns the type of a filename's extension, or `application/octet-stream` when the extension has none. */
export function sourceType(filename: string): MediaType {
  const extension = extensionOf(filename).toLowerCase();
  return (
    mediaTypes.find((type) => type.extension === extension) ?? {
      contentType: (extension && mime.getType(extension)) || unknownType,
      extension,
    }
  );
}
