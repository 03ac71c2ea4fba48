/** zip-stream, which archiver uses, and lib-storage with its defaults. */
import { S3Client } from "@aws-sdk/client-s3";
import ZipStream from "zip-stream";
import type { PrepareCase } from "../measure/case.ts";
import { type ArchiveArguments, readObject, uploadWithDefaults } from "../s3/object.ts";

const prepare: PrepareCase<ArchiveArguments> = async ({ key, filename, store }) => {
  const s3 = new S3Client({});
  return {
    async run() {
      const archive = new ZipStream({ zlib: { level: 5 } });
      archive.entry(await readObject(s3, key), { name: filename, date: new Date(0), store }, (error) => {
        if (error) archive.destroy(error);
        else archive.finalize();
      });
      await uploadWithDefaults(s3, `zip/${key}`, archive);
      return undefined;
    },
  };
};

export default prepare;
