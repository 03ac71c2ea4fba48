import * as v from "valibot";

// Schemas of options that people write. Each message is a noun phrase that completes "expected …".

/** Returns the schema of an integer from `least` to `most`. */
export function integer(least: number, most: number) {
  const words = `an integer from ${least} to ${most}`;
  return v.pipe(v.number(words), v.integer(words), v.minValue(least, words), v.maxValue(most, words));
}

/** Returns the schema of a text that matches `pattern`, described as `words`. */
export function text(pattern: RegExp, words: string) {
  return v.pipe(v.string(words), v.regex(pattern, words));
}

/** The schema of any text. */
export const anyText = v.string("a text");

/** The schema of `true` or `false`. */
export const flag = v.boolean("true or false");

/** Returns the schema of one of the values. */
export function oneOf<const Values extends readonly (string | number)[]>(values: Values) {
  return v.picklist(values, values.map((value) => JSON.stringify(value)).join(" or "));
}

/** Returns the schema of a list of items. */
export function list<const Item extends v.GenericSchema>(item: Item) {
  return v.array(item, "a list");
}

/** Returns the schema of an object with these keys. The message for an unknown key lists the allowed keys. */
export function object<const Entries extends v.ObjectEntries>(entries: Entries) {
  const allowed = Object.keys(entries).join(", ");
  return v.strictObject(entries, ({ expected }) => (expected === "never" ? allowed : "an object"));
}
