/** yazl, and lib-storage with its defaults. */
import { S3Client } from "@aws-sdk/client-s3";
import { ZipFile } from "yazl";
import type { PrepareCase } from "../measure/case.ts";
import { type ArchiveArguments, readObject, uploadWithDefaults } from "../s3/object.ts";

const prepare: PrepareCase<ArchiveArguments> = async ({ key, filename, store }) => {
  const s3 = new S3Client({});
  return {
    async run() {
      const archive = new ZipFile();
      const options = { mtime: new Date(0), compress: !store, compressionLevel: store ? 0 : 5 };
      archive.addReadStream(await readObject(s3, key), filename, options);
      archive.end();
      await uploadWithDefaults(s3, `zip/${key}`, archive.outputStream);
      return undefined;
    },
  };
};

export default prepare;
