const segmenter = new Intl.Segmenter();

/** Characters that terminals show two columns wide: East Asian wide ones and emoji. */
const wide =
  /[\u{1100}-\u{115F}\u{2E80}-\u{303E}\u{3041}-\u{A4CF}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE30}-\u{FE6F}\u{FF00}-\u{FF60}\u{FFE0}-\u{FFE6}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\u{FE0F}/u;

/** Text of others for a terminal: without what would move its cursor, change its colours or turn its direction. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, "\u{FFFD}");
}

/** Columns that `text` takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** `text` in exactly `columns`: padded, or with an ellipsis for the end, or the `start`, that does not fit. */
export function fitted(text: string, columns: number, cutAt: "start" | "end" = "end"): string {
  const width = displayWidth(text);
  if (width <= columns) return text + " ".repeat(columns - width);
  const characters = Array.from(segmenter.segment(text), ({ segment }) => segment);
  let kept = "";
  while (characters.length > 0) {
    const next = cutAt === "end" ? kept + characters.shift() : characters.pop() + kept;
    if (displayWidth(next) > columns - 1) break;
    kept = next;
  }
  const padding = " ".repeat(Math.max(0, columns - 1 - displayWidth(kept)));
  return cutAt === "end" ? `${kept}…${padding}` : `…${kept}${padding}`;
}

/** Bytes as people read them: `1.2 MB`, in powers of 1000. */
export function readableBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

/** Seconds as people read them: `0:07`, `1:02:03`. */
export function readableSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const pad = (part: number) => String(part).padStart(2, "0");
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}
