const units = ["B", "KB", "MB", "GB"];

/** Bytes in units of 1,000, three digits at most: `1.21 MB`. */
export function fileSize(bytes: number): string {
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), units.length - 1);
  const amount = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }).format(bytes / 1000 ** power);
  return `${amount} ${units[power]}`;
}

/** How much smaller or larger than its source something is. */
export function sizeChange(bytes: number, sourceBytes: number): string {
  const share = bytes / sourceBytes - 1;
  const percent = new Intl.NumberFormat("en", { style: "percent" }).format(Math.abs(share));
  if (Math.abs(share) < 0.005) return "same size";
  return share < 0 ? `${percent} smaller` : `${percent} larger`;
}

export function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? "" : "s"}`;
}
