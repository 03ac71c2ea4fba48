import { outputKey } from "../../../contract/keys.ts";
import { describeUpload, type Invariant } from "./evidence.ts";

export const outputs: Invariant = {
  name: "outputs",
  promise: "every output that is ready has the bytes of a clean conversion, and there are no others",
  broken({ accepted, afterRedrive }) {
    const objects = new Map(afterRedrive.outputs.map((object) => [object.key, object]));
    const receipts = new Map(
      afterRedrive.receipts.flatMap(({ receipt }) =>
        "unreadable" in receipt ? [] : [[`${receipt.uploadId} ${receipt.variant}`, receipt] as const],
      ),
    );
    const wrong = accepted.flatMap((upload) =>
      [...upload.expected].flatMap(([variant, outcome]) => {
        const receipt = receipts.get(`${upload.id} ${variant}`);
        if (outcome.state !== "ready" || receipt?.state !== "ready") return [];
        const key = outputKey(receipt.path);
        const object = objects.get(key);
        objects.delete(key);
        if (!object) return [`${describeUpload(upload)} ${variant}: ready, but ${key} does not exist`];
        if (object.sha256 === outcome.sha256 && object.bytes === receipt.bytes) return [];
        return [
          `${describeUpload(upload)} ${variant}: ${object.bytes} bytes ${object.sha256}, a clean conversion gives ${outcome.bytes} bytes ${outcome.sha256}`,
        ];
      }),
    );
    return [...wrong, ...[...objects.keys()].map((key) => `${key}: an output without a receipt`)];
  },
};
