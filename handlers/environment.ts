import * as v from "valibot";

/** A JSON document in a variable, checked against `schema`. */
export function json<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.pipe(v.string(), v.parseJson(), schema);
}

/** An absolute URL, given back without a trailing slash so that paths can be appended. */
export const baseUrl = v.pipe(
  v.string(),
  v.url(),
  v.transform((url) => url.replace(/\/+$/, "")),
);

export const name = v.pipe(v.string(), v.nonEmpty());

/** A whole number above zero, written in decimal. */
export const positiveInteger = v.pipe(
  v.string(),
  v.regex(/^\d+$/, (issue) => `Expected a whole number but received ${issue.received}`),
  v.transform(Number),
  v.safeInteger(),
  v.minValue(1),
);

/**
 * Reads the declared variables, each through its schema.
 *
 * @throws {Error} naming every variable that is missing or wrong, and what is allowed.
 */
export function parseEnvironment<const Entries extends v.ObjectEntries>(
  entries: Entries,
  environment: NodeJS.ProcessEnv,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const result = v.safeParse(v.object(entries), environment);
  if (result.success) return result.output;
  const faults = result.issues.map((issue) => {
    const path = v.getDotPath(issue) ?? "";
    return path in entries && environment[path] === undefined
      ? `${path} is not set`
      : `${path}: ${issue.message}`;
  });
  throw new Error(`Environment variables: ${faults.join("; ")}`);
}
