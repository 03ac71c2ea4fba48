import { SNSClient } from "@aws-sdk/client-sns";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Convert, Variant } from "../../converters/converter.ts";
import { observed, unclassifiedError } from "../observability.ts";
import { batchHandler } from "./batch.ts";
import { bulkClient } from "./bulk-client.ts";
import { completionTopic } from "./completion-topic.ts";
import { conversionMetrics } from "./conversion-metrics.ts";
import { convertEnvironment } from "./environment.ts";
import { collectInOneGo } from "./garbage-collection.ts";
import { s3Outputs } from "./outputs.ts";
import { uploadConverter } from "./upload-converter.ts";
import { removeForgottenCopies, s3Uploads } from "./uploads.ts";

/**
 * Returns the Lambda handler of one converter. The environment configures it: `CONVERTER`, `VARIANTS`, `OUTPUTS_BUCKET`,
 * `CONVERSIONS_TOPIC_ARN` and `CDN_URL`.
 *
 * @throws {Error} when variables are missing or wrong; the message names each
 */
export function convertHandler<Options>(
  convert: Convert<Options>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const environment = convertEnvironment(process.env);
  const { CONVERTER: converter } = environment;
  collectInOneGo();
  removeForgottenCopies();
  const s3 = bulkClient();
  const now = Date.now;
  const convertUpload = uploadConverter({
    converter,
    // The Pulumi program checked the options with the converter's schema before it wrote the variable.
    variants: environment.VARIANTS as readonly Variant<Options>[],
    convert,
    uploads: s3Uploads(s3),
    outputs: s3Outputs(s3, environment.OUTPUTS_BUCKET),
    announce: completionTopic(new SNSClient({}), environment.CONVERSIONS_TOPIC_ARN, environment.CDN_URL),
    metrics: conversionMetrics,
    now,
  });
  return observed(batchHandler({ convertUpload, now, unclassifiedError }), { converter });
}
