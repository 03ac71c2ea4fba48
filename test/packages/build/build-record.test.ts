import { cpSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { unlessUpToDate } from "../../../packages/build/build-record.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

describe("unlessUpToDate", () => {
  let work: ReturnType<typeof temporaryDirectory>;
  let builds: number;
  const path = (name: string) => join(work.path, name);
  const text = (name: string) => readFileSync(path(name), "utf8");
  /** Writes a source as if nobody had changed it for an hour. */
  const write = (name: string, contents: string) => {
    writeFileSync(path(name), contents);
    utimesSync(path(name), new Date(Date.now() - 3_600_000), new Date(Date.now() - 3_600_000));
  };

  beforeEach(async () => {
    work = temporaryDirectory();
    write("source.ts", "one");
    builds = 0;
    expect(await copied()).to.deep.equal({ length: 3 });
  });
  afterEach(() => work.remove());

  /** Copies the source to `copy.js`. */
  function copied(during?: () => void, directory = work.path): Promise<{ length: number }> {
    return unlessUpToDate(directory, join(directory, "copy.json"), async () => {
      builds++;
      const contents = readFileSync(path("source.ts"));
      during?.();
      return {
        result: { length: contents.length },
        sources: [path("source.ts")],
        files: [{ path: join(directory, "copy.js"), contents }],
      };
    });
  }

  it("builds the same sources once, and returns the earlier result", async () => {
    expect(await copied()).to.deep.equal({ length: 3 });
    expect(builds).to.equal(1);
  });

  it("compares contents, not times", async () => {
    writeFileSync(path("source.ts"), "one");
    await copied();
    expect(builds).to.equal(1);
  });

  const changes: Record<string, () => void> = {
    "a source has other contents": () => write("source.ts", "other"),
    "a written file is missing": () => rmSync(path("copy.js")),
    "a written file has other contents": () => writeFileSync(path("copy.js"), "on"),
    "the record is damaged": () => writeFileSync(path("copy.json"), text("copy.json").slice(0, -5)),
    "the record is of another form": () => writeFileSync(path("copy.json"), "{}"),
    "another version of Node.js has built": () =>
      writeFileSync(path("copy.json"), text("copy.json").replace(process.version, "v20.0.0")),
    "the installed packages are others": () =>
      writeFileSync(path("copy.json"), text("copy.json").replace(/(package-lock.json":")[^"]+/, "$1x")),
    "the build's own code is other code": () =>
      writeFileSync(path("copy.json"), text("copy.json").replace(/(rewrites\/sharp.ts":")[^"]+/, "$1x")),
    "the build has a new module": () =>
      writeFileSync(path("copy.json"), text("copy.json").replace("rewrites/sharp.ts", "rewrites/old.ts")),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`builds again when ${what}`, async () => {
      const before = text("copy.json");
      change();
      expect([before, text("source.ts"), builds]).not.to.deep.equal([text("copy.json"), "one", 0]);
      await copied();
      expect(builds).to.equal(2);
      expect(text("copy.js")).to.equal(text("source.ts"));
      await copied();
      expect(builds, "and not once more").to.equal(2);
    });
  }

  it("compares the files next to the record, also in a copy of the output folder", async () => {
    const copy = temporaryDirectory();
    cpSync(work.path, copy.path, { recursive: true });
    rmSync(join(copy.path, "copy.js"));
    await copied(undefined, copy.path);
    expect(builds).to.equal(2);
    expect(readFileSync(join(copy.path, "copy.js"), "utf8")).to.equal("one");
    copy.remove();
  });

  it("builds again after a source that changed during the build", async () => {
    write("source.ts", "two!");
    await copied(() => writeFileSync(path("source.ts"), "three"));
    expect(text("copy.js")).to.equal("two!");
    await copied();
    expect(text("copy.js")).to.equal("three");
  });
});
