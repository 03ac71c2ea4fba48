import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import sharp from "sharp";
import { parse } from "yaml";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { ended, runCommand, runCommandIn, startCommandWith } from "./command-line.ts";

const garden = join(projectDirectory, "samples", "garden.png");

/** The variants of the repository's own stage file, which people edit. The tests need one of png-to-jpg and one of zip. */
const declared: Record<string, { readonly converter: string }> = parse(
  readFileSync(join(projectDirectory, "Pulumi.dev.yaml"), "utf8"),
).config["henkan:variants"];
const variantOf = (converter: string) =>
  Object.keys(declared).find((name) => declared[name]?.converter === converter) ??
  `no variant of ${converter}`;
const [jpg, archive] = [variantOf("png-to-jpg"), variantOf("zip")];

describe("npm run convert", () => {
  let work: ReturnType<typeof temporaryDirectory>;
  let out: string;
  beforeEach(() => {
    work = temporaryDirectory();
    out = join(work.path, "out");
  });
  afterEach(() => work.remove());

  const write = (name: string, content: string | Buffer) => {
    const path = join(work.path, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    return path;
  };

  it("saves every variant and prints a table of them", async () => {
    const { code, stdout } = await runCommandIn(dirname(garden), "convert", "garden.png", "--out", out);
    expect(code).to.equal(0);
    expect(stdout.split("\n")[0]).to.match(/^file +variant +type +dimensions +bytes +ms +url$/);
    for (const name of Object.keys(declared)) {
      expect(stdout).to.match(
        new RegExp(`^garden\\.png +${name} +\\w+/\\w+ +(\\d+×\\d+)? +\\d+ +\\d+ +http://`, "m"),
      );
    }
    const picture = await sharp(join(out, "garden.png", jpg, "garden.jpg")).metadata();
    expect([picture.format, picture.width, picture.height]).to.deep.equal(["jpeg", 1280, 854]);
    expect(existsSync(join(out, "garden.png", archive, "garden.zip"))).to.equal(true);
  });

  it("names each file that fails, with its code, and still converts the others", async () => {
    const bad: Record<string, string> = {
      "not-found": join(work.path, "missing.png"),
      "not-found: There is no such file: part of its path is not a directory": join(garden, "x.png"),
      ENAMETOOLONG: join(work.path, "x".repeat(300)),
      "not-a-file": work.path,
      "empty-file": write("empty.png", ""),
      "corrupt-input": write("cut.png", readFileSync(garden).subarray(0, 20_000)),
      "unsupported-format": write("text.png", "no picture at all"),
      "type-mismatch": write("jpeg.png", await sharp(garden).jpeg().toBuffer()),
    };
    const { code, stdout } = await runCommand("convert", ...Object.values(bad), garden, "--out", out);
    expect(code).to.equal(1);
    for (const [errorCode, file] of Object.entries(bad)) {
      expect(
        stdout.split("\n").some((line) => line.startsWith(`${file}: `) && line.includes(errorCode)),
        errorCode,
      ).to.equal(true);
    }
    expect(existsSync(join(out, "garden.png", jpg, "garden.jpg"))).to.equal(true);
    expect(existsSync(join(out, "text.png", archive, "text.zip")), "a zip takes any bytes").to.equal(true);
  });

  it("prints one JSON document when asked to, and keeps files of the same name apart", async () => {
    const files = [write("one/a.txt", "first"), write("two/a.txt", "second")];
    const { code, stdout } = await runCommand("convert", ...files, "--out", out, "--json");
    expect(code).to.equal(0);
    const document = JSON.parse(stdout);
    expect(document.files).to.have.length(2);
    for (const [index, directory] of ["a.txt", "a.txt-2"].entries()) {
      const path = join(out, directory, archive, "a.zip");
      expect(document.files[index].variants[0]).to.include({
        name: archive,
        state: "ready",
        contentType: "application/zip",
        path,
      });
      expect(existsSync(path), directory).to.equal(true);
    }
  });

  it("cleans up when it is interrupted", async () => {
    const temporary = join(work.path, "tmp");
    mkdirSync(temporary);
    const large = write("large.bin", Buffer.alloc(60_000_000));
    const { child } = await startCommandWith(
      { TMPDIR: temporary },
      "convert",
      "--verbose",
      large,
      "--out",
      out,
    );
    child.kill("SIGINT");
    expect(await ended(child)).to.equal(130);
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it("prints its help, and refuses unknown options and stages", async () => {
    const help = await runCommand("convert", "--help");
    expect([help.code, help.stdout]).to.satisfy(
      ([code, text]: [number, string]) => code === 0 && text.includes("npm run convert -- FILE…"),
    );
    const none = await runCommand("convert");
    expect([none.code, none.stderr.split("\n")[0]]).to.deep.equal([2, "Name at least one file."]);
    const option = await runCommand("convert", garden, "--quality", "3");
    expect(option.code).to.equal(2);
    expect(option.stderr).to.contain("--quality");
    const stage = await runCommand("convert", garden, "--stage", "staging");
    expect(stage.code).to.equal(1);
    expect(stage.stderr).to.contain('There is no stage "staging"').and.to.contain("Stages: dev, prod, test");
    expect(stage.stderr, "no stack").not.to.contain("    at ");
  });
});
