import type { VariantStatus } from "../../../contract/upload-api.ts";

/** Browsers ignore downloads that follow each other too closely. */
const betweenMs = 400;

/** Returns the path of a variant. The CDN serves it from the page's own origin. */
export function pathOf(url: string): string {
  return new URL(url).pathname;
}

/** Returns the name under which a variant is saved: `garden-thumbnail.jpg` for `garden.jpg` of the variant `thumbnail`. */
export function downloadName(url: string, variant: string): string {
  const name = decodeURIComponent(pathOf(url).split("/").at(-1) ?? "");
  const dot = name.lastIndexOf(".");
  return dot > 0 ? `${name.slice(0, dot)}-${variant}${name.slice(dot)}` : `${name}-${variant}`;
}

/** Makes the browser save variants, one after the other. */
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
