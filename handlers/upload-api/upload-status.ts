import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { outputUrl, uploadIdPattern } from "../../contract/keys.ts";
import type { Receipt } from "../../contract/receipt.ts";
import { sourceType } from "../../contract/source-type.ts";
import type { UploadState, UploadStatus, VariantStatus } from "../../contract/upload-api.ts";
import { Problem } from "./problem.ts";
import { accepts, type ResolvedVariant } from "./resolved-variants.ts";
import type { FoundUpload, UploadLookup } from "./upload-lookup.ts";

function variantStatus(name: string, receipt: Receipt | undefined, cdnUrl: string): VariantStatus {
  if (!receipt) return { name, state: "pending" };
  if (receipt.state === "failed") return { name, state: "failed", error: receipt.error };
  const { state, path, contentType, bytes, width, height } = receipt;
  return { name, state, url: outputUrl(cdnUrl, path), contentType, bytes, width, height };
}

function uploadState(variants: readonly Pick<VariantStatus, "state">[]): UploadState {
  const states = new Set(variants.map(({ state }) => state));
  if (states.has("pending")) return "converting";
  if (!states.has("failed")) return "complete";
  return states.has("ready") ? "partial" : "failed";
}

/** The parts of the program that `uploadStatus` uses. */
export interface UploadStatusDependencies {
  readonly store: UploadLookup;
  readonly variants: readonly ResolvedVariant[];
  readonly cdnUrl: string;
}

/**
 * Returns the handler of `GET /uploads/{id}`, which answers with the state of each variant. It answers for as long as the
 * upload or its receipts exist.
 */
export function uploadStatus({ store, variants, cdnUrl }: UploadStatusDependencies) {
  function expectedNames({ filename }: FoundUpload): string[] {
    const { contentType } = sourceType(filename);
    return variants.filter((variant) => accepts(variant, contentType)).map(({ name }) => name);
  }

  return async ({ pathParameters }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const id = pathParameters?.id ?? "";
    const notFound = new Problem(404, "not-found", `Nothing was uploaded under the id "${id}"`);
    if (!uploadIdPattern.test(id)) throw notFound;

    const [upload, receipts] = await Promise.all([store.findUpload(id), store.receipts(id)]);
    if (!upload && receipts.length === 0) throw notFound;

    const current = receipts.filter(({ source }) => !upload || source.etag === upload.etag);
    const byVariant = new Map(current.map((receipt) => [receipt.variant, receipt]));
    const names = new Set([...(upload ? expectedNames(upload) : []), ...byVariant.keys()]);
    const statuses = [...names].map((name) => variantStatus(name, byVariant.get(name), cdnUrl));
    const status: UploadStatus = { id, state: uploadState(statuses), variants: statuses };
    return {
      statusCode: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: JSON.stringify(status),
    };
  };
}
