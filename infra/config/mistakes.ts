import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";

/** The names by which messages refer to a value and its schema. */
export interface Place {
  /** The key of the value: `henkan:` for a namespace, empty for arguments, `henkan:variants.thumbnail` for a value. */
  readonly key: string;
  /** The owner of the options, such as `resize` in `resize allows width, height`. */
  readonly owner: string;
}

/** Returns the mistakes in `input`, one line each: the key, what is allowed, what was received. Empty when valid. */
export function mistakesOf(schema: v.GenericSchema, input: unknown, place: Place): string[] {
  const { issues = [] } = v.safeParse(schema, input);
  const lines = issues.flatMap((issue) => {
    const path = (issue.path ?? []).map(({ key }) => String(key));
    return issue.type === "strict_object" && issue.expected === "never"
      ? unknownKeys(issue, path, place)
      : [mistake(issue, path, place, valueAt(input, path))];
  });
  // A number like Infinity is neither an integer nor in the range: two issues with the same words.
  return [...new Set(lines)];
}

/** Returns a line for each unknown key; Valibot reports only an object's first. The message lists the allowed keys. */
function unknownKeys(issue: v.BaseIssue<unknown>, path: string[], { key, owner }: Place): string[] {
  const parent = path.slice(0, -1);
  const known = issue.message.split(", ");
  return Object.keys(asRecord(issue.path?.at(-1)?.input))
    .filter((name) => !known.includes(name))
    .map((name) => {
      const allowed = `${[owner, ...parent].join(".")} allows ${issue.message}`;
      return `${join(key, [...parent, name])}: unknown option; ${allowed}`;
    });
}

/** Returns the line of a mistake. A check's message is a whole predicate; a schema's message completes "expected". */
function mistake(issue: v.BaseIssue<unknown>, path: string[], { key }: Place, value: unknown): string {
  const at = join(key, path);
  if (issue.type === "check") return `${at}: ${issue.message}, received ${shown(value)}`;
  if (value === undefined) return `${at}: is missing`;
  return `${at}: expected ${issue.message}, received ${shown(value)}`;
}

function join(key: string, path: readonly string[]): string {
  if (path.length === 0) return key;
  return `${key}${key === "" || key.endsWith(":") ? "" : "."}${path.join(".")}`;
}

/** Returns the value as JSON, and only the first line of a text, since the text may be a private key. */
function shown(value: unknown): string {
  if (pulumi.Output.isInstance(value)) return "an Output, whose value is not known at a preview";
  // JSON writes NaN and Infinity as null.
  if (typeof value === "number") return String(value);
  const [line = "", ...more] = typeof value === "string" ? value.split("\n") : [];
  return more.length > 0 ? `${JSON.stringify(line)} and more lines` : JSON.stringify(value);
}

/** Returns the value as it was written; Valibot's issues have it with the defaults filled in. */
function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (asRecord(value) as Record<string, unknown>)[key], input);
}

const asRecord = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
