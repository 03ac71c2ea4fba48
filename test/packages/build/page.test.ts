import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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

  it("names every asset after its contents, and gives the same bytes again", async () => {
    const again = await buildPage(directory.path);
    expect(again).to.deep.equal(files);
    for (const { path } of files.filter(({ path }) => path !== "index.html")) {
      expect(path).to.match(/^assets\/[\w-]+-[A-Z0-9]{8}\.(js|css|svg)$/);
    }
  });

  it("writes what it returns, and removes what an earlier build left", () => {
    for (const { path, contents } of files) {
      expect(readFileSync(join(directory.path, "page", path)).equals(contents)).to.equal(true);
    }
    expect(existsSync(join(directory.path, "page/assets/main-OLD.js"))).to.equal(false);
  });

  it("loads what signing in needs only where people sign in", () => {
    expect(textOf("assets/main-", ".js")).not.to.contain("code_challenge");
    expect(textOf("assets/sign-in-", ".js")).to.contain("code_challenge");
    expect(textOf("index.html", "")).not.to.contain("sign-in");
  });

  it("prints every size with the formatter of Henkan, Uppy's own dashboard included", () => {
    expect(textOf("assets/main-", ".js")).not.to.match(/\bKB\b/);
  });

  it("loads nothing from elsewhere", () => {
    const references = textOf("index.html", "").match(/(?:src|href)="[^"]*"/g) ?? [];
    expect(references).to.have.lengthOf(3);
    for (const reference of references) expect(reference).to.match(/="\/assets\//);
    expect(textOf("assets/main-", ".css")).not.to.match(/url\((?!["']?data:)|@import/);
  });
});
