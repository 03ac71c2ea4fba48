import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { writeChangedFiles } from "../../../packages/build/written-files.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

describe("writeChangedFiles", () => {
  let work: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    work = temporaryDirectory();
  });
  afterEach(() => work.remove());

  const file = (name: string, text: string) => ({ path: join(work.path, name), contents: Buffer.from(text) });

  it("writes only files whose contents differ", async () => {
    await writeChangedFiles(work.path, [file("a/same", "1"), file("a/other", "1")]);
    const past = new Date(2020, 0);
    for (const name of ["a/same", "a/other"]) utimesSync(join(work.path, name), past, past);
    await writeChangedFiles(work.path, [file("a/same", "1"), file("a/other", "2")]);
    expect(statSync(join(work.path, "a/same")).mtime).to.deep.equal(past);
    expect(statSync(join(work.path, "a/other")).mtime).not.to.deep.equal(past);
    expect(readFileSync(join(work.path, "a/other"), "utf8")).to.equal("2");
  });

  it("leaves whole files and no temporary ones when several writers work at once", async () => {
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(200_000));
    await Promise.all(texts.map((text) => writeChangedFiles(work.path, [file("file", text)])));
    expect(texts).to.include(readFileSync(join(work.path, "file"), "utf8"));
    expect(readdirSync(work.path)).to.deep.equal(["file"]);
  });

  it("removes the temporary file when the file cannot be written", async () => {
    mkdirSync(join(work.path, "folder/inside"), { recursive: true });
    const error = await writeChangedFiles(work.path, [file("folder", "1")]).catch(({ code }) => code);
    expect(error).to.equal("EISDIR");
    expect(readdirSync(work.path)).to.deep.equal(["folder"]);
  });
});
