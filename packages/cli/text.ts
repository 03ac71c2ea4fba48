import stringWidth from "string-width";

const segmenter = new Intl.Segmenter();

/** Returns the number of columns that `text` occupies on a terminal. East Asian characters and emoji have two. */
export function displayWidth(text: string): number {
  return stringWidth(text);
}

/**
 * Returns `text` in exactly `columns` columns. Shorter text is padded with spaces; of longer text, an ellipsis replaces
 * the end or the start.
 *
 * @default `cutAt`: `"end"`
 * @example
 * fitted("abc", 4); // "abc "
 * fitted("abcdef", 4); // "abc…"
 * fitted("abcdef", 4, "start"); // "…def"
 */
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

/**
 * Returns a table as lines of text, each column as wide as its widest cell. A column that has only numbers is aligned to
 * the right.
 *
 * @param rows the cells of each row, in the order of `header`
 * @example
 * table(["file", "bytes"], [["a.png", 120], ["b.jpg", 7]]);
 * // file   bytes
 * // a.png    120
 * // b.jpg      7
 */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ""))));
  const isNumeric = header.map((_, column) => rows.every((row) => typeof row[column] === "number"));
  return cells
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          const padding = " ".repeat(width - displayWidth(cell));
          return isNumeric[column] ? padding + cell : cell + padding;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
