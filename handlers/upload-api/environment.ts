import { baseUrl, jsonOf, name, parseEnvironment, positiveInteger } from "../environment.ts";
import { resolvedVariants } from "./resolved-variants.ts";

const entries = {
  UPLOADS_BUCKET: name,
  OUTPUTS_BUCKET: name,
  CDN_URL: baseUrl,
  VARIANTS: jsonOf(resolvedVariants),
  MAX_UPLOAD_BYTES: positiveInteger,
  UPLOAD_EXPIRY_SECONDS: positiveInteger,
  MULTIPART_THRESHOLD_BYTES: positiveInteger,
  MULTIPART_EXPIRY_SECONDS: positiveInteger,
};

/**
 * Reads the environment of the upload API's function.
 *
 * @throws {Error} when variables are missing or wrong; the message names each
 */
export function uploadApiEnvironment(environment: NodeJS.ProcessEnv) {
  return parseEnvironment(entries, environment);
}
