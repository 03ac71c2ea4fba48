import mime from "mime";
import { extensionOf } from "./keys.ts";
import { type MediaType, mediaTypes } from "./media-types.ts";

const unknownType = "application/octet-stream";

/** The type that a filename's extension stands for; `application/octet-stream` when it stands for none. */
export function sourceType(filename: string): MediaType {
  const extension = extensionOf(filename).toLowerCase();
  return (
    mediaTypes.find((type) => type.extension === extension) ?? {
      contentType: (extension && mime.getType(extension)) || unknownType,
      extension,
    }
  );
}
