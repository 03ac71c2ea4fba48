/** archiver and lib-storage, used as in their documentation. */
import { S3Client } from "@aws-sdk/client-s3";
import { ZipArchive } from "archiver";
import type { PrepareCase } from "../measure/case.ts";
import { type ArchiveArguments, readObject, uploadWithDefaults } from "../s3/object.ts";

const prepare: PrepareCase<ArchiveArguments> = async ({ key, filename, store }) => {
  const s3 = new S3Client({});
  return {
    async run() {
      const archive = new ZipArchive({ zlib: { level: 5 } });
      archive.append(await readObject(s3, key), { name: filename, store });
      await Promise.all([archive.finalize(), uploadWithDefaults(s3, `zip/${key}`, archive)]);
      return undefined;
    },
  };
};

export default prepare;
