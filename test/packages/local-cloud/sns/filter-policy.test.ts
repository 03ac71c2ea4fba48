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
    ["looks through Records[]", keyPolicy({ suffix: ".png" }), s3Event("id/a.png"), true],
    ["matches when any record does", keyPolicy({ suffix: ".png" }), s3Event("id/a.txt", "id/b.png"), true],
    ["needs one record that matches", keyPolicy({ suffix: ".png" }), s3Event("id/a.txt"), false],
    ["is case-sensitive", keyPolicy({ suffix: ".png" }), s3Event("id/a.PNG"), false],
    [
      "takes any of several suffixes",
      keyPolicy({ suffix: ".jpg" }, { suffix: ".png" }),
      s3Event("id/a.png"),
      true,
    ],
    ["keeps s3:TestEvent out by exists", keyPolicy({ exists: true }), { Event: "s3:TestEvent" }, false],
    ["takes any key by exists", keyPolicy({ exists: true }), s3Event("id/anything"), true],
    ["matches absence", { error: [{ exists: false }] }, { state: "ready" }, true],
    ["matches exact strings", { state: ["failed"] }, { state: "failed" }, true],
    ["tells a number from its string", { count: [1] }, { count: "1" }, false],
    ["needs every key", { state: ["ready"], variant: ["jpg"] }, { state: "ready", variant: "zip" }, false],
    ["matches prefixes", { variant: [{ prefix: "thumb" }] }, { variant: "thumbnail" }, true],
    ["excludes by anything-but", { state: [{ "anything-but": ["ready"] }] }, { state: "ready" }, false],
    ["anything-but needs the key", { state: [{ "anything-but": ["ready"] }] }, {}, false],
    ["anything-but takes a prefix", { v: [{ "anything-but": { prefix: "a" } }] }, { v: "b" }, true],
    ["ignores case when asked", { v: [{ "equals-ignore-case": "PNG" }] }, { v: "png" }, true],
    ["compares numbers", { bytes: [{ numeric: [">", 10, "<=", 20] }] }, { bytes: 20 }, true],
    ["refuses numbers out of range", { bytes: [{ numeric: [">", 10, "<=", 20] }] }, { bytes: 10 }, false],
    ["never matches a body that is no object", keyPolicy({ exists: true }), "text", false],
  ];
  for (const [name, policy, message, expected] of cases) {
    it(name, () => {
      expect(compileFilterPolicy(policy)(message)).to.equal(expected);
    });
  }

  it("wants all keys to match in the same array element", () => {
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

  it("refuses an operator it does not know", () => {
    expect(() => compileFilterPolicy({ ip: [{ cidr: "10.0.0.0/24" }] })).to.throw('{"cidr":"10.0.0.0/24"}');
  });
});
