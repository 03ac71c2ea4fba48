import { deflateRawSync } from "node:zlib";
import type { Expectation, HostileFile } from "./hostile-file.ts";
import { original } from "./mutated-files.ts";
import { chunk, encodePng, headerChunk, imageChunks, scanlines } from "./png.ts";

/** One file of every type that the image converters accept. */
const images = {
  jpg: "baseline.jpg",
  png: "plain.png",
  webp: "lossy.webp",
  avif: "lossy.avif",
  gif: "still.gif",
  tif: "plain.tif",
} as const;
const extensions = Object.keys(images) as (keyof typeof images)[];

const svg = `<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>`;

/** Files that users and attackers send under the name of a picture. */
const others: Readonly<Record<string, string | Buffer>> = {
  SVG: svg,
  "SVG behind an XML declaration": `<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg}`,
  "deflated SVG": Buffer.concat([Buffer.from("1f8b0800000000000003", "hex"), deflateRawSync(svg)]),
  HTML: "<!doctype html><script>alert(1)</script>",
  text: "not a picture\n".repeat(100),
  PDF: "%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF",
  PostScript: "%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file",
  zip: Buffer.from("504b0506000000000000000000000000000000000000", "hex"),
  "Windows program": Buffer.concat([Buffer.from("MZ\x90\0\x03", "latin1"), Buffer.alloc(500)]),
  "ELF program": Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(500)]),
  "Windows bitmap": Buffer.concat([Buffer.from("BM", "latin1"), Buffer.alloc(100)]),
  icon: Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 0]), Buffer.alloc(100)]),
  "Photoshop document": Buffer.concat([Buffer.from("8BPS\0\x01", "latin1"), Buffer.alloc(100)]),
  "JPEG 2000": Buffer.concat([Buffer.from("0000000c6a5020200d0a870a", "hex"), Buffer.alloc(100)]),
  "JPEG XL": Buffer.concat([Buffer.from("ff0a", "hex"), Buffer.alloc(100)]),
  HEIC: Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"),
  video: Buffer.from("\0\0\0\x18ftypisom\0\0\0\0isommp42", "latin1"),
  CSV: "1,2,3\n4,5,6\n",
  "portable pixmap": "P6 1000000 1000000 255\n",
  "ImageMagick script":
    "push graphic-context\nfill 'url(https://127.0.0.1/x.png\"|ls \"-la)'\npop graphic-context",
  "libvips image": Buffer.concat([Buffer.from("08f2a6b6", "hex"), Buffer.alloc(200)]),
  "zero bytes all the way": Buffer.alloc(1000),
  "one byte": Buffer.from([0x89]),
};

function disguised(): HostileFile[] {
  return Object.entries(others).flatMap(([what, contents]) =>
    extensions.map((extension) => ({
      kind: "no-picture",
      name: `${what} as ${extension}`,
      filename: `picture.${extension}`,
      expected: "unsupported-format" as const,
      contents: () => Buffer.from(contents as string),
    })),
  );
}

function mistaken(): HostileFile[] {
  return extensions.flatMap((actual) =>
    extensions
      .filter((declared) => declared !== actual)
      .map((declared) => ({
        kind: "wrong-type",
        name: `${actual} as ${declared}`,
        filename: `picture.${declared}`,
        expected: "type-mismatch" as const,
        contents: () => original(images[actual]),
      })),
  );
}

function empty(): HostileFile[] {
  const nothing = extensions.map((extension) => ({
    kind: "empty",
    name: `no bytes as ${extension}`,
    filename: `empty.${extension}`,
    expected: "empty-file" as const,
    contents: () => Buffer.alloc(0),
  }));
  const heads = extensions.map((extension) => ({
    kind: "empty",
    name: `a signature alone as ${extension}`,
    filename: `head.${extension}`,
    expected: "corrupt-input" as const,
    contents: async () => (await original(images[extension])).subarray(0, 32),
  }));
  return [...nothing, ...heads];
}

const script = Buffer.from("=1;alert(document.domain);//<script>alert(1)</script><?php system($_GET[0]); ?>");
const emptyZip = Buffer.from("504b0506000000000000000000000000000000000000", "hex");

function htmlInText(): Buffer {
  const header = { width: 16, height: 16, bitDepth: 8, colourType: 2, interlaced: false };
  return encodePng([
    headerChunk(header),
    chunk("tEXt", `Comment\0${script}`),
    ...imageChunks(scanlines(header, () => [200, 100, 50])),
    chunk("IEND"),
  ]);
}

/** Files that are valid in two formats. An output must be a picture and nothing else. */
const polyglots: readonly (readonly [
  filename: string,
  name: string,
  expected: Expectation,
  contents: () => Buffer | Promise<Buffer>,
])[] = [
  ["a.png", "PNG and zip", "ready", async () => Buffer.concat([await original("plain.png"), emptyZip])],
  ["a.png", "PNG with HTML in its text", "ready", htmlInText],
  ["a.jpg", "JPEG and zip", "ready", async () => Buffer.concat([await original("baseline.jpg"), emptyZip])],
  [
    "a.jpg",
    "JPEG with PHP in its comment",
    "ready",
    async () => {
      const jpeg = await original("baseline.jpg");
      const comment = Buffer.from([0xff, 0xfe, 0, script.length + 2]);
      return Buffer.concat([jpeg.subarray(0, 2), comment, script, jpeg.subarray(2)]);
    },
  ],
  [
    "a.gif",
    "GIF and JavaScript",
    "ready",
    async () => Buffer.concat([await original("still.gif"), Buffer.from("*/"), script]),
  ],
  [
    "a.gif",
    "GIF whose width opens a comment",
    "any",
    async () => {
      const gif = Buffer.from(await original("still.gif"));
      gif.write("/*", 6, "latin1");
      return Buffer.concat([gif, Buffer.from("*/"), script]);
    },
  ],
  ["a.webp", "WebP and HTML", "ready", async () => Buffer.concat([await original("lossy.webp"), script])],
  [
    "a.jpg",
    "PDF and JPEG",
    "unsupported-format",
    async () => Buffer.concat([Buffer.from("%PDF-1.7\nstream\n"), await original("baseline.jpg")]),
  ],
  ["a.tif", "TIFF and zip", "ready", async () => Buffer.concat([await original("plain.tif"), emptyZip])],
  [
    "a.avif",
    "AVIF that also claims to be a video",
    "any",
    async () => {
      const avif = Buffer.from(await original("lossy.avif"));
      avif.write("isom", 8, "latin1");
      return avif;
    },
  ],
];

/** Returns the files whose contents do not match their names, or match other formats too. */
export function disguisedFiles(): HostileFile[] {
  return [
    ...disguised(),
    ...mistaken(),
    ...empty(),
    ...polyglots.map(([filename, name, expected, contents]) => ({
      kind: "polyglot",
      name,
      filename,
      expected,
      contents,
    })),
  ];
}
