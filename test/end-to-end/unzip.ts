import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import yauzl from "yauzl";

/** The entries of a zip, in order. */
export async function unzip(archive: Buffer): Promise<{ name: string; content: Buffer }[]> {
  const file = await promisify<Buffer, yauzl.Options, yauzl.ZipFile>(yauzl.fromBuffer)(archive, {
    lazyEntries: true,
  });
  const open = promisify(file.openReadStream.bind(file));
  const entries: { name: string; content: Buffer }[] = [];
  await new Promise<void>((resolve, reject) => {
    file.on("entry", (entry: yauzl.Entry) => {
      open(entry)
        .then(async (stream) => {
          entries.push({ name: entry.fileName, content: await buffer(stream) });
          file.readEntry();
        })
        .catch(reject);
    });
    file.on("end", resolve).on("error", reject);
    file.readEntry();
  });
  return entries;
}
