import { type MediaType, zip } from "../../contract/media-types.ts";
import type { ReadyReceipt } from "../../contract/receipt.ts";
import type { Size } from "../../converters/size.ts";
import { sniff } from "../../converters/sniff.ts";
import { pictureSize } from "./picture-size.ts";

/** The output that a variant of a golden sample must have. */
export interface ExpectedOutput {
  readonly path: string;
  readonly type: MediaType;
  /** Absent when the output is not a picture. */
  readonly size: Size | undefined;
}

/** Compares an output and its receipt with `expected`. Returns a sentence for each difference. */
export function outputFailures(
  { path, type, size }: ExpectedOutput,
  receipt: ReadyReceipt,
  output: { readonly contentType: string | undefined; readonly body: Buffer },
): string[] {
  const { body } = output;
  const found = typeOf(body);
  const pixels = size && pictureSize(type.contentType, body);
  return [
    ...differs("path", path, receipt.path),
    ...differs("content type in the receipt", type.contentType, receipt.contentType),
    ...differs("content type", type.contentType, output.contentType),
    ...differs("type of the bytes", type.contentType, found),
    ...differs("bytes in the receipt", String(body.length), String(receipt.bytes)),
    ...differs("size", dimensions(size), dimensions(pixels)),
    ...differs("size in the receipt", dimensions(size), dimensions(receipt)),
  ];
}

function differs(what: string, expected: string | undefined, found: string | undefined): string[] {
  return expected === found ? [] : [`${what}: expected ${expected ?? "none"}, found ${found ?? "none"}`];
}

function dimensions(size: Partial<Size> | undefined): string | undefined {
  return size?.width === undefined ? undefined : `${size.width}×${size.height}`;
}

function typeOf(bytes: Buffer): string {
  if (isWholeZip(bytes)) return zip.contentType;
  const sniffed = sniff(bytes);
  return "type" in sniffed ? sniffed.type.contentType : sniffed.found;
}

/** Checks for a local header at the start and an end of central directory record, APPNOTE.TXT 4.3.7 and 4.3.16. */
function isWholeZip(bytes: Buffer): boolean {
  const endOfCentralDirectory = bytes.lastIndexOf("PK\x05\x06", undefined, "latin1");
  return bytes.toString("latin1", 0, 4) === "PK\x03\x04" && endOfCentralDirectory > 0;
}
