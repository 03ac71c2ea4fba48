import type { VariantStatus } from "../../../contract/upload-api.ts";

/** Browsers take downloads one by one, and drop those that come too close together. */
const betweenMs = 400;

/** The variant on this page's own origin, where the CDN serves both. */
export function pathOf(url: string): string {
  return new URL(url).pathname;
}

/** `garden.jpg` of the variant `thumbnail` is saved as `garden-thumbnail.jpg`. */
export function downloadName(url: string, variant: string): string {
  const name = decodeURIComponent(pathOf(url).split("/").at(-1) ?? "");
  const dot = name.lastIndexOf(".");
  return dot > 0 ? `${name.slice(0, dot)}-${variant}${name.slice(dot)}` : `${name}-${variant}`;
}

export async function downloadAll(variants: readonly VariantStatus[]): Promise<void> {
  for (const { url, name } of variants) {
    if (!url) continue;
    const link = document.createElement("a");
    link.href = pathOf(url);
    link.download = downloadName(url, name);
    link.click();
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
}
