import type { Receipt } from "../../../contract/receipt.ts";
import { findConverter } from "../../../converters/registry.ts";
import type { GoldenSamples } from "../../../handlers/pre-traffic-hook/golden-samples.ts";
import type { TrialStorage, TrialUpload } from "../../../handlers/pre-traffic-hook/trial-storage.ts";
import type { ResolvedVariant } from "../../../handlers/upload-api/resolved-variants.ts";

export const samples: GoldenSamples = {
  "image/png": Buffer.from("golden").toString("base64"),
  "image/jpeg": Buffer.from("golden").toString("base64"),
};

export function variant(name: string, converter: string, options: Record<string, unknown>): ResolvedVariant {
  const definition = findConverter(converter);
  if (!definition) throw new Error(`no converter ${converter}`);
  return { name, converter: definition, options };
}

/** Buckets in memory. A test writes the receipts and outputs that the version would write. */
export function memoryStorage() {
  const uploads: TrialUpload[] = [];
  const receipts = new Map<string, Receipt>();
  const outputs = new Map<string, { contentType: string | undefined; body: Buffer }>();
  const storage: TrialStorage = {
    async putUpload(filename, _, body) {
      const uploadId = `ffffffff-0000-4000-8000-${String(uploads.length).padStart(12, "0")}`;
      const key = `${uploadId}/${filename}`;
      const upload = { uploadId, filename, bucket: "uploads", key, etag: "e1", bytes: body.length };
      uploads.push(upload);
      return upload;
    },
    async putReceipt(receipt) {
      receipts.set(`${receipt.uploadId}/${receipt.variant}`, receipt);
    },
    readReceipt: async (uploadId, name) =>
      receipts.get(`${uploadId}/${name}`) ?? { failure: "no receipt was written" },
    readOutput: async (path) => outputs.get(path) ?? { failure: `no output was written at ${path}` },
    clean: async () => {},
  };
  return { storage, uploads, receipts, outputs };
}
