import { expect } from "chai";
import fc from "fast-check";
import {
  compileFilterPolicy,
  type FilterPolicy,
} from "../../../../packages/local-cloud/sns/filter-policy.ts";

type Scalar = string | number | boolean | null;
type Operand = Scalar | Readonly<Record<string, unknown>>;

/** The keys that lead to one value in a message. */
type Path = readonly [outer: string, inner: string];

/**
 * Filters exactly as the documentation says: alternatives are joined by OR, keys by AND, and one match in an array is
 * enough. https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html and
 * https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
 */
function oracle(policy: FilterPolicy, message: Readonly<Record<string, unknown>>): boolean {
  return withoutArrays(message).some((single) =>
    pathsOf(policy).every(([[outer, inner], alternatives]) => {
      const within = single[outer] as Readonly<Record<string, Scalar>> | undefined;
      return within !== undefined && alternatives.some((alternative) => accepts(alternative, within[inner]));
    }),
  );
}

function pathsOf(policy: FilterPolicy): [Path, readonly Operand[]][] {
  return Object.entries(policy).flatMap(([outer, rules]) =>
    Object.entries(rules).map(([inner, alternatives]): [Path, readonly Operand[]] => [
      [outer, inner],
      alternatives as readonly Operand[],
    ]),
  );
}

/** Returns every message without arrays that results when one element is chosen from each array. */
function withoutArrays(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
  let messages: Record<string, unknown>[] = [{}];
  for (const [key, held] of Object.entries(value)) {
    const choices = Array.isArray(held) ? held : [held];
    const ways = choices.flatMap((choice: unknown) =>
      typeof choice === "object" && choice !== null
        ? withoutArrays(choice as Record<string, unknown>)
        : [choice],
    );
    messages = messages.flatMap((message) => ways.map((way) => ({ ...message, [key]: way })));
  }
  return messages;
}

function accepts(alternative: Operand, value: Scalar | undefined): boolean {
  if (typeof alternative !== "object" || alternative === null) return Object.is(alternative, value);
  const [[operator, operand] = []] = Object.entries(alternative);
  const text = typeof value === "string" ? value : undefined;
  switch (operator) {
    case "prefix":
      return text?.slice(0, String(operand).length) === operand;
    case "suffix":
      return text !== undefined && (operand === "" || text.slice(-String(operand).length) === operand);
    case "equals-ignore-case":
      return text?.toUpperCase() === String(operand).toUpperCase();
    case "exists":
      return operand ? value !== undefined : value === undefined;
    case "anything-but":
      return value !== undefined && [operand].flat().every((each) => !accepts(each as Operand, value));
    case "numeric": {
      const [, low, , high] = operand as [string, number, string, number];
      return typeof value === "number" && low <= value && value < high;
    }
    default:
      throw new RangeError(`The oracle does not support ${operator}`);
  }
}

const word = fc.constantFrom("", "a", "ab", "B", "b.png", "a.PNG", ".png");
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  word,
  fc.integer({ min: 0, max: 4 }),
  fc.boolean(),
  fc.constant(null),
);
const exact = fc.oneof(word, fc.integer({ min: 0, max: 4 }));
const operand: fc.Arbitrary<Operand> = fc.oneof(
  exact,
  word.map((prefix) => ({ prefix })),
  word.map((suffix) => ({ suffix })),
  word.map((other) => ({ "equals-ignore-case": other })),
  fc.boolean().map((exists) => ({ exists })),
  fc.array(exact, { minLength: 1, maxLength: 3 }).map((others) => ({ "anything-but": others })),
  word.map((prefix) => ({ "anything-but": { prefix } })),
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 5 }))
    .map(([low, high]) => ({ numeric: [">=", low, "<", high] })),
);
const key = fc.constantFrom("x", "y", "z");
const rules = fc.dictionary(key, fc.array(operand, { minLength: 1, maxLength: 3 }), { minKeys: 1 });
const policies: fc.Arbitrary<FilterPolicy> = fc.dictionary(fc.constantFrom("r", "s"), rules, { minKeys: 1 });

const held = fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 3 }));
const inner = fc.dictionary(key, held);
const messages = fc.dictionary(
  fc.constantFrom("r", "s"),
  fc.oneof(inner, fc.array(inner, { minLength: 1, maxLength: 3 })),
);

describe("every SNS filter policy", () => {
  it("accepts exactly the messages that AWS's documentation describes", () => {
    const outcomes = new Set<boolean>();
    const property = fc.property(policies, messages, (policy, message) => {
      const expected = oracle(policy, message);
      outcomes.add(expected);
      expect(compileFilterPolicy(policy)(message)).to.equal(expected);
    });
    fc.assert(property, { numRuns: 2000 });
    expect([...outcomes], "both outcomes occurred").to.have.members([true, false]);
  });

  it("refuses a message that is not an object, without an error", () => {
    const property = fc.property(policies, fc.oneof(scalar, fc.string()), (policy, message) => {
      expect(compileFilterPolicy(policy)(message)).to.equal(false);
    });
    fc.assert(property);
  });

  it("accepts any JSON without an error, keys such as __proto__ included", () => {
    const names = fc.constantFrom("__proto__", "constructor", "toString", "x");
    const property = fc.property(names, fc.jsonValue(), (name, value) => {
      const policy = JSON.parse(`{${JSON.stringify(name)}:["never"]}`) as FilterPolicy;
      const message = JSON.parse(`{"x":${JSON.stringify(value)}}`) as unknown;
      expect(compileFilterPolicy(policy)(message)).to.equal(
        name === "x" && JSON.stringify(value).includes('"never"'),
      );
    });
    fc.assert(property);
  });
});
