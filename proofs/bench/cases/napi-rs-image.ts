/** @napi-rs/image, which is native code in Rust. */
import { readFile, writeFile } from "node:fs/promises";
import { ResizeFilterType, ResizeFit, Transformer } from "@napi-rs/image";
import type { JpegTask } from "../image-contenders.ts";
import type { PrepareCase } from "../measure/case.ts";

const prepare: PrepareCase<JpegTask> = async ({ path, size, quality, out }) => ({
  async run() {
    const image = new Transformer(await readFile(path)).rotate();
    if (size)
      image.resize({ width: size, height: size, fit: ResizeFit.Inside, filter: ResizeFilterType.Lanczos3 });
    const jpeg = await image.jpeg(quality);
    if (out) await writeFile(out, jpeg);
    return { bytes: jpeg.length };
  },
});

export default prepare;
