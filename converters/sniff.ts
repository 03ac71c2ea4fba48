import { avif, gif, jpeg, type MediaType, png, tiff, webp } from "../contract/media-types.ts";

/** The number of bytes that `sniff` needs. An AVIF's list of brands seldom goes past the first 64. */
export const sniffedBytes = 256;

/** The format that a file's first bytes show: a type that the picture converters read, or the name of another format. */
export type Sniffed = { readonly type: MediaType } | { readonly found: string };

interface Signature {
  readonly type: MediaType;
  matches(head: Buffer): boolean;
}

function startsWith(...bytes: readonly number[]): (head: Buffer) => boolean {
  return (head) => bytes.every((byte, index) => head[index] === byte);
}

function ascii(head: Buffer, start: number, end: number): string {
  return head.toString("latin1", start, end);
}

/** Returns the major and compatible brands of an ISO base media file, ISO/IEC 14496-12 section 4.3. */
function brands(head: Buffer): readonly string[] {
  if (head.length < 16 || ascii(head, 4, 8) !== "ftyp") return [];
  const end = Math.min(head.readUInt32BE(0), head.length);
  const starts = [8];
  for (let start = 16; start + 4 <= end; start += 4) starts.push(start);
  return starts.map((start) => ascii(head, start, start + 4));
}

const signatures: readonly Signature[] = [
  { type: jpeg, matches: startsWith(0xff, 0xd8, 0xff) },
  { type: png, matches: startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  { type: webp, matches: (head) => ascii(head, 0, 4) === "RIFF" && ascii(head, 8, 12) === "WEBP" },
  { type: gif, matches: (head) => /^GIF8[79]a$/.test(ascii(head, 0, 6)) },
  { type: avif, matches: (head) => brands(head).some((brand) => brand === "avif" || brand === "avis") },
  {
    type: tiff,
    matches: (head) => /^(?:II[*+]\0|MM\0[*+])$/.test(ascii(head, 0, 4)),
  },
];

function nameOf(head: Buffer): string {
  if (ascii(head, 0, 5) === "%PDF-") return "a PDF";
  const [major] = brands(head);
  if (major) return `an ISO media file of brand ${JSON.stringify(major)}`;
  const text = head.toString("utf8");
  if (/<svg[\s>]/i.test(text)) return "an SVG";
  if (/^\s*<(?:\?xml|!doctype|html)/i.test(text)) return "XML or HTML";
  // A head that ends within a multi-byte character has one replacement character at its end.
  if (!/[^\P{Cc}\s]|\ufffd(?!$)/u.test(text)) return "text";
  return `unknown bytes ${head.toString("hex", 0, 8)}`;
}

/** Recognises the format of a file by its first bytes, `sniffedBytes` of them or the whole file. */
export function sniff(head: Buffer): Sniffed {
  const signature = signatures.find(({ matches }) => matches(head));
  return signature ? { type: signature.type } : { found: nameOf(head) };
}
