/** A plain copy from S3 to S3 with the SDK's defaults. */
import { S3Client } from "@aws-sdk/client-s3";
import type { PrepareCase } from "../measure/case.ts";
import { type ObjectArguments, readObject, uploadWithDefaults } from "../s3/object.ts";

const prepare: PrepareCase<ObjectArguments> = async ({ key }) => {
  const s3 = new S3Client({});
  return {
    async run() {
      await uploadWithDefaults(s3, `copy/${key}`, await readObject(s3, key));
      return undefined;
    },
  };
};

export default prepare;
