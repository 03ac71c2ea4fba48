import { readConfig } from "./infra/config.ts";
import { FileConversionPipeline } from "./infra/file-conversion-pipeline.ts";

export const {
  apiUrl,
  cdnUrl,
  uploadsBucket,
  outputsBucket,
  uploadsTopicArn,
  conversionsTopicArn,
  region,
  auth,
  variants,
  queues,
  releasePlan,
} = new FileConversionPipeline("henkan", readConfig());
