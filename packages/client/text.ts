/**
 * Writes figures and names for people. The commands and the page both use it, so a size or a count looks the same
 * everywhere. It has no dependency and runs in browsers.
 *
 * @module
 */

const english = new Intl.NumberFormat("en");

/** Returns a number with its thousands separated: `12,345`. */
export function numberText(value: number): string {
  return english.format(value);
}

/**
 * Returns a number with a noun whose plural ends in s.
 *
 * @example
 * countText(1, "event"); // "1 event"
 * countText(12_345, "event"); // "12,345 events"
 */
export function countText(value: number, noun: string): string {
  return `${numberText(value)} ${noun}${value === 1 ? "" : "s"}`;
}

const byteUnits = ["kB", "MB", "GB", "TB"];

/**
 * Returns a number of bytes in powers of 1,000, with three significant digits and no trailing zeros.
 *
 * @param bytes a whole number
 * @param round how the last digit is rounded. Pass `Math.floor` for a limit, so that every file of the printed size is
 *   within it.
 * @default `round`: `Math.round`
 * @example
 * bytesText(987); // "987 bytes"
 * bytesText(45_300); // "45.3 kB"
 * bytesText(1_213_000); // "1.21 MB"
 * bytesText(3_400_000_000); // "3.4 GB"
 * bytesText(20_971_520, Math.floor); // "20.9 MB"
 */
export function bytesText(bytes: number, round: (value: number) => number = Math.round): string {
  if (bytes < 1000) return countText(bytes, "byte");
  let power = 0;
  let value = threeDigits(bytes / 1000, round);
  while (value >= 1000 && power < byteUnits.length - 1) {
    power++;
    value = threeDigits(bytes / 1000 ** (power + 1), round);
  }
  return `${numberText(value)} ${byteUnits[power]}`;
}

/** Rounds a number of at least 1 to three significant digits, or to a whole number from 1,000 up. */
function threeDigits(value: number, round: (value: number) => number): number {
  const scale = 10 ** Math.max(0, 2 - Math.floor(Math.log10(value)));
  return round(value * scale) / scale;
}

/**
 * Returns a duration, rounded up, in seconds, minutes or hours.
 *
 * @example
 * durationText(89.2); // "90 seconds"
 * durationText(600); // "10 minutes"
 */
export function durationText(seconds: number): string {
  if (seconds < 90) return countText(Math.ceil(seconds), "second");
  if (seconds < 5_400) return countText(Math.ceil(seconds / 60), "minute");
  return countText(Math.ceil(seconds / 3_600), "hour");
}

/**
 * Returns a duration as a clock shows it, for figures that change while they are read.
 *
 * @example
 * clockText(7); // "0:07"
 * clockText(3_723); // "1:02:03"
 */
export function clockText(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(whole % 60)}`;
}

/**
 * Returns US dollars, to the cent. An amount below one cent has four decimals.
 *
 * @example
 * dollarsText(1_234.5); // "$1,234.50"
 * dollarsText(0.0042); // "$0.0042"
 * dollarsText(0.000_01); // "under $0.0001"
 */
export function dollarsText(dollars: number): string {
  if (dollars === 0) return "$0";
  if (dollars < 0.000_05) return "under $0.0001";
  if (dollars < 0.01) return `$${dollars.toFixed(4)}`;
  return `$${dollars.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/**
 * Returns a share in percent, rounded down: `100%` means all of `whole`. All of nothing is `100%`.
 *
 * @example
 * percentText(1_999, 2_000); // "99%"
 */
export function percentText(part: number, whole: number): string {
  return `${whole === 0 ? 100 : Math.floor((part / whole) * 100)}%`;
}

/**
 * Returns how much larger than its source a file is, in whole percent. A smaller file has a negative change, at least
 * -99: nothing shrinks to nothing.
 */
export function sizeChange(bytes: number, sourceBytes: number): number {
  return Math.max(Math.round((bytes / sourceBytes - 1) * 100), -99);
}

/**
 * Returns text of unknown origin, such as a filename, without the characters that act on a terminal or on the text
 * around them: control characters, line separators, and the marks that reverse the direction of writing
 * (`gpj.exe` must not read `exe.jpg`).
 *
 * @param substitute the replacement of each removed character
 * @default `substitute`: U+FFFD, the replacement character
 */
export function printable(text: string, substitute = "\u{FFFD}"): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, substitute);
}
