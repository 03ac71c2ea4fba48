/** The parts of the peers' packages that the bench calls, so that types can be checked without installing them. */
declare module "@napi-rs/image" {
  export enum ResizeFit {
    Inside = 2,
  }
  export enum ResizeFilterType {
    Lanczos3 = 4,
  }
  export class Transformer {
    constructor(input: Buffer);
    rotate(): this;
    resize(options: { width: number; height: number; fit: ResizeFit; filter: ResizeFilterType }): this;
    jpeg(quality: number): Promise<Buffer>;
  }
}

declare module "jimp" {
  export const Jimp: {
    read(path: string): Promise<{
      scaleToFit(box: { w: number; h: number }): unknown;
      getBuffer(type: "image/jpeg", options: { quality: number }): Promise<Buffer>;
    }>;
  };
}

declare module "yazl" {
  import type { Readable } from "node:stream";
  export class ZipFile {
    outputStream: Readable;
    addReadStream(
      stream: Readable,
      name: string,
      options: { mtime: Date; compress: boolean; compressionLevel: number },
    ): void;
    end(): void;
  }
}

declare module "zip-stream" {
  import type { Readable } from "node:stream";
  export default class ZipStream extends Readable {
    constructor(options: { zlib: { level: number } });
    entry(
      source: Readable,
      data: { name: string; date: Date; store: boolean },
      callback: (error?: Error) => void,
    ): void;
    finalize(): void;
  }
}

declare module "ssim.js" {
  interface Picture {
    data: Uint8ClampedArray;
    width: number;
    height: number;
  }
  export function ssim(a: Picture, b: Picture): { mssim: number };
}
