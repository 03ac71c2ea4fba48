import { expect } from "chai";
import {
  compileFilterPolicy,
  type FilterPolicy,
} from "../../../../packages/local-cloud/sns/filter-policy.ts";

const s3Event = (...keys: string[]) => ({ Records: keys.map((key) => ({ s3: { object: { key } } })) });
const keyPolicy = (...alternatives: unknown[]): FilterPolicy => ({
  Records: { s3: { object: { key: alternatives } } },
});

describe("compileFilterPolicy", () => {
  const cases: [name: string, policy: FilterPolicy, message: unknown, expected: boolean][] = [
    ["matches inside Records[]", keyPolicy({ suffix: ".png" }), s3Event("id/a.png"), true],
    [
      "matches when one of several records matches",
      keyPolicy({ suffix: ".png" }),
      s3Event("id/a.txt", "id/b.png"),
      true,
    ],
    ["does not match when no record matches", keyPolicy({ suffix: ".png" }), s3Event("id/a.txt"), false],
    ["is case-sensitive", keyPolicy({ suffix: ".png" }), s3Event("id/a.PNG"), false],
    [
      "matches one of several suffixes",
      keyPolicy({ suffix: ".jpg" }, { suffix: ".png" }),
      s3Event("id/a.png"),
      true,
    ],
    ["excludes s3:TestEvent with exists", keyPolicy({ exists: true }), { Event: "s3:TestEvent" }, false],
    ["matches every object key with exists", keyPolicy({ exists: true }), s3Event("id/anything"), true],
    ["matches an absent key with exists: false", { error: [{ exists: false }] }, { state: "ready" }, true],
    ["matches exact strings", { state: ["failed"] }, { state: "failed" }, true],
    ["does not match a string with a number", { count: [1] }, { count: "1" }, false],
    [
      "requires every key of the policy to match",
      { state: ["ready"], variant: ["jpg"] },
      { state: "ready", variant: "zip" },
      false,
    ],
    ["matches prefixes", { variant: [{ prefix: "thumb" }] }, { variant: "thumbnail" }, true],
    [
      "excludes a value with anything-but",
      { state: [{ "anything-but": ["ready"] }] },
      { state: "ready" },
      false,
    ],
    ["does not match an absent key with anything-but", { state: [{ "anything-but": ["ready"] }] }, {}, false],
    ["excludes a prefix with anything-but", { v: [{ "anything-but": { prefix: "a" } }] }, { v: "b" }, true],
    ["ignores case with equals-ignore-case", { v: [{ "equals-ignore-case": "PNG" }] }, { v: "png" }, true],
    ["matches a number inside a range", { bytes: [{ numeric: [">", 10, "<=", 20] }] }, { bytes: 20 }, true],
    [
      "does not match a number outside a range",
      { bytes: [{ numeric: [">", 10, "<=", 20] }] },
      { bytes: 10 },
      false,
    ],
    ["does not match a body that is not an object", keyPolicy({ exists: true }), "text", false],
  ];
  for (const [name, policy, message, expected] of cases) {
    it(name, () => {
      expect(compileFilterPolicy(policy)(message)).to.equal(expected);
    });
  }

  it("requires all keys to match in the same array element", () => {
    const matches = compileFilterPolicy({ Records: { name: ["a"], size: [1] } });
    expect(
      matches({
        Records: [
          { name: "a", size: 2 },
          { name: "b", size: 1 },
        ],
      }),
    ).to.equal(false);
    expect(
      matches({
        Records: [
          { name: "b", size: 2 },
          { name: "a", size: 1 },
        ],
      }),
    ).to.equal(true);
  });

  it("refuses an operator that it does not support", () => {
    expect(() => compileFilterPolicy({ ip: [{ cidr: "10.0.0.0/24" }] })).to.throw('{"cidr":"10.0.0.0/24"}');
  });
});
