import * as v from "valibot";
import { json, name, parseEnvironment } from "../environment.ts";
import { declaredVariants } from "../upload-api/declared-variants.ts";

const entries = {
  UPLOADS_BUCKET: name,
  OUTPUTS_BUCKET: name,
  VARIANTS: json(declaredVariants),
  /** By a function's name on AWS, its converter's name or `upload-api`. */
  FUNCTIONS: json(v.record(name, name)),
};

export function preTrafficHookEnvironment(environment: NodeJS.ProcessEnv) {
  return parseEnvironment(entries, environment);
}
