import * as v from "valibot";
import { baseUrl, json, name, parseEnvironment } from "../environment.ts";

const entries = {
  OUTPUTS_BUCKET: name,
  CONVERSIONS_TOPIC_ARN: name,
  CDN_URL: baseUrl,
  CONVERTER: name,
  VARIANTS: json(
    v.pipe(v.array(v.strictObject({ name, options: v.record(v.string(), v.unknown()) })), v.minLength(1)),
  ),
};

export function convertEnvironment(environment: NodeJS.ProcessEnv) {
  return parseEnvironment(entries, environment);
}
