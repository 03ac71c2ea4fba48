const english = new Intl.NumberFormat("en-GB");

/** With thousands set apart. */
export function number(value: number): string {
  return english.format(value);
}

/** `1 event`, `2 events`. */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** To the cent, and below a cent to its hundredth. */
export function dollars(value: number): string {
  if (value === 0) return "$0";
  if (value < 0.01) return value < 0.000_05 ? "under $0.0001" : `$${value.toFixed(4)}`;
  return `$${value.toLocaleString("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** In the largest unit that leaves one or more, to three digits or to the whole. */
export function bytesText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const step = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${number(value < 100 ? Number(value.toPrecision(3)) : Math.round(value))} ${units[step]}`;
}

/** Rounded up, in the unit people would use. */
export function duration(seconds: number): string {
  if (seconds < 90) return count(Math.ceil(seconds), "second");
  if (seconds < 5_400) return count(Math.ceil(seconds / 60), "minute");
  return count(Math.ceil(seconds / 3_600), "hour");
}
