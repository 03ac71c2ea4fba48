import { baseUrl, json, name, parseEnvironment, positiveInteger } from "../environment.ts";
import { declaredVariants } from "./declared-variants.ts";

const entries = {
  UPLOADS_BUCKET: name,
  OUTPUTS_BUCKET: name,
  CDN_URL: baseUrl,
  VARIANTS: json(declaredVariants),
  MAX_UPLOAD_BYTES: positiveInteger,
  UPLOAD_EXPIRY_SECONDS: positiveInteger,
  MULTIPART_THRESHOLD_BYTES: positiveInteger,
  MULTIPART_EXPIRY_SECONDS: positiveInteger,
};

export function uploadApiEnvironment(environment: NodeJS.ProcessEnv) {
  return parseEnvironment(entries, environment);
}
