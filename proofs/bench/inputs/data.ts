import { createCipheriv, createHash } from "node:crypto";
import { seeded } from "./seeded.ts";

/** The kind of a file's bytes: `text` deflates to about a third, `noise` not at all, and `mixed` alternates. */
export const dataKinds = ["text", "noise", "mixed"] as const;
export type DataKind = (typeof dataKinds)[number];

const blockBytes = 2 ** 20;

/** Number of blocks of `text` before they repeat: more than deflate's window. */
const textBlocks = 16;

/** Yields `bytes` bytes of a kind in blocks. The same seed gives the same bytes. */
export function* dataBlocks(kind: DataKind, bytes: number, seed: number): Generator<Buffer> {
  // Made when they are needed: each takes a tenth of a second.
  const texts: Buffer[] = [];
  const textAt = (index: number) => {
    texts[index] ??= text(seed + index);
    return texts[index];
  };
  const noise = createCipheriv(
    "aes-256-ctr",
    createHash("sha256").update(String(seed)).digest(),
    Buffer.alloc(16),
  );
  const zeros = Buffer.alloc(blockBytes);
  for (let [index, left] = [0, bytes]; left > 0; index += 1, left -= blockBytes) {
    const isText = kind === "text" || (kind === "mixed" && index % 2 === 0);
    const block = isText ? textAt(index % textBlocks) : noise.update(zeros);
    yield left < blockBytes ? block.subarray(0, left) : block;
  }
}

/** Returns lines like those of a log: numbers, and words of which few are frequent. */
function text(seed: number): Buffer {
  const random = seeded(seed);
  const letter = () => "etaoinshrdlucmfwypvbgkqjxz".charAt(Math.floor(26 * (random() / 2 ** 32) ** 1.6));
  const words = Array.from({ length: 4096 }, () =>
    Array.from({ length: 2 + (random() % 9) }, letter).join(""),
  );
  const word = () => words[Math.floor(words.length * (random() / 2 ** 32) ** 3)] ?? "";
  const lines: string[] = [];
  for (let length = 0; length < blockBytes; ) {
    const line = `${random()} ${Array.from({ length: 6 + (random() % 10) }, word).join(" ")} ${random() % 1000}\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join("").slice(0, blockBytes), "latin1");
}
