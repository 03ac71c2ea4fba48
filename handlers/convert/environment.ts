import * as v from "valibot";
import { baseUrl, jsonOf, name, parseEnvironment } from "../environment.ts";

const entries = {
  OUTPUTS_BUCKET: name,
  CONVERSIONS_TOPIC_ARN: name,
  CDN_URL: baseUrl,
  CONVERTER: name,
  VARIANTS: jsonOf(
    v.pipe(v.array(v.strictObject({ name, options: v.record(v.string(), v.unknown()) })), v.minLength(1)),
  ),
};

/**
 * Reads the environment of a converter's function.
 *
 * @throws {Error} when variables are missing or wrong; the message names each
 */
export function convertEnvironment(environment: NodeJS.ProcessEnv) {
  return parseEnvironment(entries, environment);
}
