import * as v from "valibot";

type ObjectSchema = v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };
type PipedSchema = v.GenericSchema & { readonly pipe: readonly v.GenericPipeItem[] };
type OptionalSchema = v.GenericSchema & { readonly wrapped: v.GenericSchema };

type ListSchema = v.GenericSchema & { readonly item: v.GenericSchema };
type TupleSchema = v.GenericSchema & { readonly items: readonly v.GenericSchema[] };
type VariantSchema = v.GenericSchema & { readonly key: string; readonly options: readonly v.GenericSchema[] };

const isList = (schema: v.GenericSchema | undefined): schema is ListSchema => !!schema && "item" in schema;
const isTuple = (schema: v.GenericSchema | undefined): schema is TupleSchema => !!schema && "items" in schema;
const isVariant = (schema: v.GenericSchema | undefined): schema is VariantSchema =>
  schema?.type === "variant";
const isObject = (schema: v.GenericSchema | undefined): schema is ObjectSchema =>
  !!schema && "entries" in schema;
const isPiped = (schema: v.GenericSchema | undefined): schema is PipedSchema => !!schema && "pipe" in schema;
const isOptional = (schema: v.GenericSchema | undefined): schema is OptionalSchema =>
  !!schema && "wrapped" in schema;

/** Where a value was read: the whole key of the stage file, and what an unknown key in it is compared with. */
export interface Place {
  /** `henkan:` for a namespace, empty for arguments, `henkan:variants.thumbnail` for a value. */
  readonly key: string;
  /** Whose options the schema holds, for `resize allows width, height`. */
  readonly owner: string;
}

/** What is wrong with `input`, one line each: its key, what was received, what is allowed. Empty when it is valid. */
export function problemsOf(schema: v.GenericSchema, input: unknown, place: Place): string[] {
  const { issues = [] } = v.safeParse(schema, input);
  return issues.flatMap((issue) => {
    const path = (issue.path ?? []).map(({ key }) => String(key));
    return issue.type === "strict_object" && issue.expected === "never"
      ? unknownKeys(schema, issue, path, place)
      : [problem(schema, issue, path, place, valueAt(input, path))];
  });
}

/** Valibot stops at an object's first unknown key. */
function unknownKeys(
  schema: v.GenericSchema,
  issue: v.BaseIssue<unknown>,
  path: string[],
  { key, owner }: Place,
): string[] {
  const parent = path.slice(0, -1);
  const input = issue.path?.at(-1)?.input;
  const object = memberFor(input, schemaAt(schema, parent));
  const known = isObject(object) ? Object.keys(object.entries) : [];
  return Object.keys(asRecord(input))
    .filter((name) => !known.includes(name))
    .map((name) => {
      const allowed = `${[owner, ...parent].join(".")} allows ${known.join(", ")}`;
      return `${join(key, [...parent, name])}: unknown option; ${allowed}`;
    });
}

function problem(
  schema: v.GenericSchema,
  issue: v.BaseIssue<unknown>,
  path: string[],
  { key }: Place,
  value: unknown,
): string {
  const at = join(key, path);
  if (issue.type === "check") return `${at}: ${issue.message}, received ${shown(value)}`;
  if (value === undefined) return `${at}: is missing`;
  return `${at}: expected ${expectation(schemaAt(schema, path), issue)}, received ${shown(value)}`;
}

/** Valibot's names of types, as a reader of YAML would say them. */
const typeNames: Readonly<Record<string, string>> = {
  Array: "a list",
  Object: "an object",
  boolean: "true or false",
  never: "nothing here",
  number: "a number",
  string: "a text",
};

function expectation(schema: v.GenericSchema | undefined, issue: v.BaseIssue<unknown>): string {
  if (isPiped(schema) && schema.type === "number") return describeNumber(schema);
  if (isPiped(schema) && schema.type === "string") return describeText(schema);
  const expected = issue.type === "min_length" ? issue.message : (issue.expected ?? issue.message);
  return typeNames[expected] ?? expected.replace(/^\(|\)$/g, "").replaceAll(" | ", " or ");
}

/** `v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9))` → `an integer from 1 to 9`. */
function describeNumber({ pipe }: PipedSchema): string {
  const requirement = (type: string) => {
    const item = pipe.find((candidate) => candidate.type === type);
    return item && "requirement" in item ? String(item.requirement) : undefined;
  };
  const noun = requirement("integer") ? "an integer" : "a number";
  const [least, most] = [requirement("min_value"), requirement("max_value")];
  return least && most ? `${noun} from ${least} to ${most}` : noun;
}

/** The message of its `v.regex`, which is a noun phrase. */
function describeText({ pipe }: PipedSchema): string {
  const pattern = pipe.find(({ type }) => type === "regex");
  return pattern && "message" in pattern && typeof pattern.message === "string" ? pattern.message : "a text";
}

function schemaAt(schema: v.GenericSchema | undefined, path: readonly string[]): v.GenericSchema | undefined {
  if (isOptional(schema)) return schemaAt(schema.wrapped, path);
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  if (isList(schema)) return schemaAt(schema.item, rest);
  if (isTuple(schema)) return schemaAt(schema.items[Number(key)], rest);
  if (isVariant(schema)) return schema.options.map((option) => schemaAt(option, path)).find(Boolean);
  return isObject(schema) ? schemaAt(schema.entries[key], rest) : undefined;
}

/** Of a union told apart by a key, the member that `input` names. */
function memberFor(input: unknown, schema: v.GenericSchema | undefined): v.GenericSchema | undefined {
  if (!isVariant(schema)) return schema;
  return schema.options.find(
    (option) =>
      isObject(option) && v.is(v.object({ [schema.key]: option.entries[schema.key] ?? v.never() }), input),
  );
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
