import { uploadKey } from "../../../contract/keys.ts";
import { describeUpload, type Invariant } from "./evidence.ts";

export const uploads: Invariant = {
  name: "uploads",
  promise: "no accepted upload is lost or changed, and nothing is stored that was not accepted",
  broken({ accepted, afterRedrive }) {
    const stored = new Map(afterRedrive.uploads.map((object) => [object.key, object]));
    const wrong = accepted.flatMap((upload) => {
      const key = uploadKey({ uploadId: upload.id, filename: upload.storedName });
      const object = stored.get(key);
      stored.delete(key);
      if (!object) return [`${describeUpload(upload)}: the upload is gone`];
      return object.sha256 === upload.digest ? [] : [`${describeUpload(upload)}: the upload has other bytes`];
    });
    return [...wrong, ...[...stored.keys()].map((key) => `${key}: stored, but never accepted`)];
  },
};
