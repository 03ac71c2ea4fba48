const units = ["B", "KB", "MB", "GB"];

/** Bytes in units of 1,024, as Uppy and most systems show them, to three digits: `1.21 MB`. */
export function fileSize(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const amount = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, useGrouping: false });
  return `${amount.format(bytes / 1024 ** power)} ${units[power]}`;
}

/** How much smaller (below zero) or larger than its source something is, in whole percent and never all of it. */
export function sizeChange(bytes: number, sourceBytes: number): number {
  return Math.max(Math.round((bytes / sourceBytes - 1) * 100), -99);
}

export function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? "" : "s"}`;
}

/** A file's name without the invisible characters that would write it backwards: `gpj.exe` must not read `exe.jpg`. */
export function shownName(name: string): string {
  return name.replaceAll(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, "");
}
