import * as v from "valibot";

/** Where a value was read: the whole key of the stage file, and what an unknown key in it is compared with. */
export interface Place {
  /** `henkan:` for a namespace, empty for arguments, `henkan:variants.thumbnail` for a value. */
  readonly key: string;
  /** Whose options the schema holds, for `resize allows width, height`. */
  readonly owner: string;
}

/** Returns the mistakes in `input`, one line each: its key, what is allowed, what was received. Empty when valid. */
export function problemsOf(schema: v.GenericSchema, input: unknown, place: Place): string[] {
  const { issues = [] } = v.safeParse(schema, input);
  return issues.flatMap((issue) => {
    const path = (issue.path ?? []).map(({ key }) => String(key));
    return issue.type === "strict_object" && issue.expected === "never"
      ? unknownKeys(issue, path, place)
      : [problem(issue, path, place, valueAt(input, path))];
  });
}

/** Valibot stops at an object's first unknown key; this names each. The message lists the allowed keys. */
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

/** Messages of checks are whole predicates; those of `contract/option-schemas.ts` complete "expected". */
function problem(issue: v.BaseIssue<unknown>, path: string[], { key }: Place, value: unknown): string {
  const at = join(key, path);
  if (issue.type === "check") return `${at}: ${issue.message}, received ${shown(value)}`;
  if (value === undefined) return `${at}: is missing`;
  return `${at}: expected ${issue.message}, received ${shown(value)}`;
}

function join(key: string, path: readonly string[]): string {
  if (path.length === 0) return key;
  return `${key}${key === "" || key.endsWith(":") ? "" : "."}${path.join(".")}`;
}

/** A text of several lines by its first: it may be a key. */
function shown(value: unknown): string {
  const [line = "", ...more] = typeof value === "string" ? value.split("\n") : [];
  return more.length > 0 ? `${JSON.stringify(line)} and more lines` : JSON.stringify(value);
}

/** What was written, where valibot would show it with its defaults filled in. */
function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (asRecord(value) as Record<string, unknown>)[key], input);
}

const asRecord = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
