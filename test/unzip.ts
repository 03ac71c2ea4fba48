import { buffer } from "node:stream/consumers";
import yauzl, { type Entry } from "yauzl";

export interface Unzipped {
  readonly entry: Entry;
  readonly contents: Buffer;
}

/** The entries of a zip, in order. */
export async function unzip(bytes: Buffer): Promise<readonly Unzipped[]> {
  const zipfile = await yauzl.fromBufferPromise(bytes);
  const entries: Unzipped[] = [];
  for await (const entry of zipfile.eachEntry()) {
    entries.push({ entry, contents: await buffer(await zipfile.openReadStreamPromise(entry)) });
  }
  return entries;
}
