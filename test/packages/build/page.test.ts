import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { buildPage, type PageFile } from "../../../packages/build/index.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

describe("buildPage", () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let files: PageFile[];
  const textOf = (start: string, extension: string) => {
    const file = files.find(({ path }) => path.startsWith(start) && path.endsWith(extension));
    return Buffer.from((file ?? expect.fail(`no ${start}*${extension}`)).contents).toString();
  };

  before(async () => {
    directory = temporaryDirectory();
    mkdirSync(join(directory.path, "page/assets"), { recursive: true });
    writeFileSync(join(directory.path, "page/assets/main-OLD.js"), "");
    files = await buildPage(directory.path);
  });
  after(() => directory.remove());

  it("puts a hash of its contents into the name of every asset", () => {
    for (const { path } of files.filter(({ path }) => path !== "index.html")) {
      expect(path).to.match(/^assets\/[\w-]+-[A-Z0-9]{8}\.(js|css|svg)$/);
    }
  });

  it("writes the files that it returns, and removes the assets of earlier builds", () => {
    for (const { path, contents } of files) {
      expect(readFileSync(join(directory.path, "page", path)).equals(contents)).to.equal(true);
    }
    expect(existsSync(join(directory.path, "page/assets/main-OLD.js"))).to.equal(false);
  });

  it("changes no file when it builds the same sources again", async () => {
    const times = () => files.map(({ path }) => statSync(join(directory.path, "page", path)).mtimeMs);
    const before = times();
    expect(await buildPage(directory.path)).to.deep.equal(files);
    expect(times()).to.deep.equal(before);
  });

  it("puts the code for sign-in into a file that the document does not load", () => {
    expect(textOf("assets/main-", ".js")).not.to.contain("code_challenge");
    expect(textOf("assets/sign-in-", ".js")).to.contain("code_challenge");
    expect(textOf("index.html", "")).not.to.contain("sign-in");
  });

  it("prints every size with the formatter of Henkan, Uppy's own dashboard included", () => {
    expect(textOf("assets/main-", ".js")).not.to.match(/\bKB\b/);
  });

  it("loads nothing from other origins", () => {
    const references = textOf("index.html", "").match(/(?:src|href)="[^"]*"/g) ?? [];
    expect(references).to.have.lengthOf(3);
    for (const reference of references) expect(reference).to.match(/="\/assets\//);
    expect(textOf("assets/main-", ".css")).not.to.match(/url\((?!["']?data:)|@import/);
  });
});
