import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import ts from "typescript";

const project = join(import.meta.dirname, "..");
const rooms = [
  "contract",
  "converters",
  "handlers",
  "infra",
  "policy",
  "packages",
  "proofs",
  "samples",
  "test",
];

/** The rooms that each room may import by path, next to itself. */
const above: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  converters: ["contract"],
  handlers: ["contract", "converters"],
  infra: ["contract", "converters"],
  "index.ts": ["infra"],
  policy: [],
  "packages/local-cloud": [],
  packages: ["contract", "converters", "handlers", "infra"],
  proofs: ["contract", "converters", "handlers", "infra"],
  samples: [],
  test: ["contract", "converters", "handlers", "infra", "policy", "proofs", "samples"],
};

/** The packages that each room may import by their exports; rooms that are not listed may import none. */
const exported: Readonly<Record<string, RegExp>> = {
  infra: /^@henkan\/build(\/|$)/,
  "packages/local-cloud": /^$/,
  packages: /^@henkan\//,
  proofs: /^@henkan\//,
  test: /^@henkan\//,
};

/** The room of a file, relative to the project: each package is a room of its own. */
const roomOf = (file: string) => /^(packages\/[^/]+|[^/]+)/.exec(file)?.[0] ?? "";
const ruleOf = <Rule>(rules: Readonly<Record<string, Rule>>, room: string): Rule | undefined =>
  rules[room] ?? rules[room.split("/")[0] ?? ""];

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The imported file, relative to the project. */
  readonly to: string;
}

/** Every import of our own code, of types too: a path, or a package of ours. */
function importsOf(from: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(project, from), "utf8"), true, true);
  const specifiers = importedFiles.map(({ fileName }) => fileName);
  return specifiers.flatMap((specifier) => {
    if (!/^(\.|@henkan\/)/.test(specifier)) return [];
    const url = specifier.startsWith(".")
      ? new URL(specifier, `file://${join(project, from)}`).href
      : import.meta.resolve(specifier);
    return { from, specifier, to: relative(project, fileURLToPath(url)) };
  });
}

function isAllowed({ from, specifier, to }: Import): boolean {
  const [own, other] = [roomOf(from), roomOf(to)];
  if (own === other) return specifier.startsWith(".");
  if (!specifier.startsWith(".")) return ruleOf(exported, own)?.test(specifier) ?? false;
  const mirrors = from.startsWith(`test/${other}/`);
  return mirrors || (ruleOf(above, own)?.includes(other) ?? false);
}

/** The first circle among the files, as the list of its files; empty when there is none. */
function circle(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  function visit(file: string, path: readonly string[]): string[] {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const { to } of next.get(file) ?? []) {
      const found = visit(to, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  }
  for (const file of next.keys()) {
    const found = visit(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

describe("the import rule", () => {
  const exclude = ["**/node_modules/**"];
  const files = globSync(["index.ts", ...rooms.map((room) => `${room}/**/*.{ts,tsx}`)], {
    cwd: project,
    exclude,
  });
  const imports = files.flatMap(importsOf);

  it("finds the imports of every room", () => {
    const found = new Set(imports.map(({ from }) => roomOf(from).split("/")[0]));
    expect([...found]).to.include.members([
      "index.ts",
      ...rooms.filter((room) => room !== "samples" && room !== "contract"),
    ]);
  });

  it("imports from above, or from a package's exports", () => {
    const broken = imports.filter((each) => !isAllowed(each));
    expect(broken.map(({ from, specifier }) => `${from} imports ${specifier}`)).to.deep.equal([]);
  });

  it("has no circle", () => expect(circle(imports)).to.deep.equal([]));
});
