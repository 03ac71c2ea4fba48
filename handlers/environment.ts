import * as v from "valibot";

/** Returns the schema of a variable that holds a JSON document of `schema`. */
export function jsonOf<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(v.string(), v.parseJson(), schema);
}

/** The schema of an absolute URL. It removes trailing slashes, so that paths can be appended. */
export const baseUrl = v.pipe(
  v.string(),
  v.url(),
  v.transform((url) => url.replace(/\/+$/, "")),
);

/** The schema of a text that is not empty. */
export const name = v.pipe(v.string(), v.nonEmpty());

/** The schema of a whole number above zero, in decimal. */
export const positiveInteger = v.pipe(
  v.string(),
  v.regex(/^\d+$/, (issue) => `Expected a whole number but received ${issue.received}`),
  v.transform(Number),
  v.safeInteger(),
  v.minValue(1),
);

/**
 * Reads variables of a function's environment.
 *
 * @param entries the schema of each variable, by its name
 * @throws {Error} when variables are missing or wrong; the message names each, and what is allowed
 */
export function parseEnvironment<const Entries extends v.ObjectEntries>(
  entries: Entries,
  environment: NodeJS.ProcessEnv,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const result = v.safeParse(v.object(entries), environment);
  if (result.success) return result.output;
  const mistakes = result.issues.map((issue) => {
    const path = v.getDotPath(issue) ?? "";
    return path in entries && environment[path] === undefined
      ? `${path} is not set`
      : `${path}: ${issue.message}`;
  });
  throw new Error(`Environment variables: ${mistakes.join("; ")}`);
}
