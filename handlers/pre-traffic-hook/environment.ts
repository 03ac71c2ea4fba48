import * as v from "valibot";
import { jsonOf, name, parseEnvironment } from "../environment.ts";
import { resolvedVariants } from "../upload-api/resolved-variants.ts";

const entries = {
  UPLOADS_BUCKET: name,
  OUTPUTS_BUCKET: name,
  VARIANTS: jsonOf(resolvedVariants),
  /** The converter's name, or `upload-api`, by the function's name on AWS. */
  FUNCTIONS: jsonOf(v.record(name, name)),
};

/**
 * Reads the environment of the pre-traffic hook's function.
 *
 * @throws {Error} when variables are missing or wrong; the message names each
 */
export function preTrafficHookEnvironment(environment: NodeJS.ProcessEnv) {
  return parseEnvironment(entries, environment);
}
