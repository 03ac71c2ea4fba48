import { receiptKey } from "../../../contract/keys.ts";
import { describeUpload, type Invariant } from "./evidence.ts";

export const receipts: Invariant = {
  name: "receipts",
  promise: "every accepted upload has exactly one receipt per variant, ready or failed with its code",
  broken({ accepted, afterRedrive }) {
    const found = new Map(afterRedrive.receipts.map(({ key, receipt }) => [key, receipt]));
    const missing = accepted.flatMap((upload) =>
      [...upload.expected].flatMap(([variant, outcome]) => {
        const key = receiptKey(upload.id, variant);
        const receipt = found.get(key);
        found.delete(key);
        const name = `${describeUpload(upload)} ${variant}`;
        if (!receipt) return [`${name}: no receipt`];
        if ("unreadable" in receipt) return [`${name}: the receipt cannot be read: ${receipt.unreadable}`];
        if (receipt.state !== outcome.state) {
          const reason =
            receipt.state === "failed" ? ` (${receipt.error.code}: ${receipt.error.message})` : "";
          return [`${name}: ${receipt.state}${reason}, a clean conversion is ${outcome.state}`];
        }
        if (receipt.state === "failed" && outcome.state === "failed" && receipt.error.code !== outcome.code) {
          return [`${name}: failed with ${receipt.error.code}, a clean conversion with ${outcome.code}`];
        }
        return [];
      }),
    );
    return [...missing, ...[...found.keys()].map((key) => `${key}: an unexpected receipt`)];
  },
};
