import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { png } from "../../../contract/media-types.ts";
import type { Receipt } from "../../../contract/receipt.ts";
import type { Convert, Variant } from "../../../converters/converter.ts";
import type { RequestedUpload } from "../../../handlers/convert/requested-uploads.ts";
import { uploadConverter } from "../../../handlers/convert/upload-converter.ts";

export const uploadId = "0190f1e0-7d7c-7a6f-8000-0123456789ab";
const receivedAt = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface Options {
  readonly suffix: string;
}

export const variants: readonly Variant<Options>[] = [
  { name: "small", options: { suffix: "-s" } },
  { name: "large", options: { suffix: "-l" } },
];

export function uploaded(fields: Partial<RequestedUpload> = {}): RequestedUpload {
  return { bucket: "uploads", key: `${uploadId}/note.txt`, etag: "e1", bytes: 4, ...fields };
}

/** A converter that appends the suffix of each variant to the source. */
export const appendSuffix: Convert<Options> = async function* (source, wanted) {
  const bytes = await buffer(await source.stream());
  for (const { name, options } of wanted) {
    const body = Buffer.concat([bytes, Buffer.from(options.suffix)]);
    yield { variant: name, output: { type: png, body, width: 3, height: 2 } };
  }
};

export interface PipelineOptions {
  readonly convert?: Convert<Options>;
  readonly variants?: readonly Variant<Options>[];
  readonly receipts?: Map<string, Receipt>;
  /** Called before each step that leaves the function. It throws to make the step fail. */
  readonly fault?: (step: string) => void;
}

/** An upload converter with buckets and a topic in memory. `steps` lists the steps that left the function, in order. */
export function pipeline({ fault = () => {}, receipts = new Map(), ...options }: PipelineOptions = {}) {
  const steps: string[] = [];
  const files = new Map<string, string>();
  const events: Receipt[] = [];
  const measured: string[] = [];
  const step = (name: string) => {
    fault(name);
    steps.push(name);
  };

  const convertUpload = uploadConverter<Options>({
    converter: "append",
    variants: options.variants ?? variants,
    convert: options.convert ?? appendSuffix,
    metrics: {
      taken: (bytes) => measured.push(`taken ${bytes}`),
      skipped: () => measured.push("skipped"),
      concluded: ({ variant, state }, milliseconds) =>
        measured.push(`${variant} ${state} after ${milliseconds}`),
    },
    now: () => receivedAt,
    uploads: {
      open: ({ bytes }, filename) => ({
        source: {
          filename,
          contentType: "text/plain",
          bytes,
          stream: async () => {
            step("read");
            return Readable.from([Buffer.from("note")]);
          },
          file: async () => "/nowhere",
        },
        close: async () => step("close"),
      }),
    },
    outputs: {
      readReceipt: async (id, variant) => receipts.get(`${id}/${variant}`),
      writeReceipt: async (receipt) => {
        step(`receipt ${receipt.variant}`);
        receipts.set(`${receipt.uploadId}/${receipt.variant}`, receipt);
      },
      write: async (path, { body }) => {
        const bytes = Buffer.isBuffer(body) ? body : await buffer(body);
        step(`write ${path}`);
        files.set(path, bytes.toString());
        return bytes.length;
      },
    },
    announce: async (receipt) => {
      step(`announce ${receipt.variant}`);
      events.push(receipt);
    },
  });
  return { convertUpload, steps, files, events, receipts, measured };
}
