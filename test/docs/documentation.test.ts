import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import { converterNames } from "../../converters/registry.ts";
import { startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const pages = ["README.md", ...readdirSync(join(projectDirectory, "docs")).map((page) => `docs/${page}`)];
const read = (page: string) => readFileSync(join(projectDirectory, page), "utf8");
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );

describe("documentation", () => {
  for (const page of pages) {
    it(`${page} links to files that exist`, () => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = ""]) => link);
      for (const link of links)
        expect(existsSync(join(projectDirectory, dirname(page), link)), link).to.equal(true);
    });

    it(`${page} names npm scripts that exist`, () => {
      for (const [, script = "", workspace = "."] of read(page).matchAll(
        /npm run ([a-z-]+)(?: --workspace ([\w/-]+))?/g,
      )) {
        const { scripts } = JSON.parse(read(join(workspace, "package.json")));
        expect(scripts, page).to.have.property(script);
      }
    });
  }

  it("README lists every converter", () => {
    for (const name of converterNames) expect(read("README.md")).to.contain(`| \`${name}\` |`);
  });

  it("README's client works as written", async () => {
    const [client = ""] = blocks("README.md", "js");
    const data = temporaryDirectory();
    const { cloud } = await startPipeline(data.path);
    try {
      const program = client.replace("http://127.0.0.1:4600", cloud.urls.api);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--input-type=module", "--eval", program],
        {
          cwd: projectDirectory,
        },
      );
      expect(
        stdout
          .trim()
          .split("\n")
          .map((line) => line.split(" ").slice(0, 2).join(" ")),
      ).to.deep.equal(["thumbnail ready", "preview ready", "jpg ready", "archive ready"]);
    } finally {
      await cloud.close();
      data.remove();
    }
  });
});
