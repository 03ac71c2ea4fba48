import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { build } from "esbuild";
import { contendersForAnyFormat } from "../../../proofs/bench/image-contenders.ts";
import type { CaseSettings } from "../../../proofs/bench/measure/case-runner.ts";
import { absent, contest, type Missing } from "../../../proofs/bench/measure/contest.ts";
import { programCase } from "../../../proofs/bench/measure/program-case.ts";
import { field } from "../../../proofs/bench/ratio.ts";

describe("the bench's contest", () => {
  const bench = join(import.meta.dirname, "..", "..", "..", "proofs", "bench");
  let bundles: string;
  before(async () => {
    bundles = mkdtempSync(join(tmpdir(), "henkan-contest-"));
    await build({
      entryPoints: ["measure/case-process.ts", "cases/tool.ts"].map((file) => join(bench, file)),
      outdir: bundles,
      entryNames: "[name]",
      outExtension: { ".js": ".cjs" },
      bundle: true,
      platform: "node",
      format: "cjs",
    });
    const runs = (body: string) =>
      `module.exports = { default: async () => ({ run: async () => { ${body} } }) };`;
    writeFileSync(join(bundles, "works.cjs"), runs("return { bytes: 1 };"));
    writeFileSync(join(bundles, "takes.cjs"), runs("return { childCpuMs: 30 };"));
    writeFileSync(join(bundles, "fails.cjs"), runs('throw new Error("no such format");'));
    writeFileSync(join(bundles, "ends.cjs"), "process.exit(7);");
  });
  after(() => rmSync(bundles, { recursive: true }));

  const hold = (...entered: (CaseSettings | Missing)[]) =>
    contest(entered, { bundles, rounds: 1, warmUps: 0, signal: new AbortController().signal });

  it("has a line for every case, reports absent and failed ones, and continues with the others", async () => {
    const figures = await hold(
      { name: "ours", file: "works" },
      absent("djpeg"),
      { name: "one", file: "fails", optional: true },
      { name: "two", file: "ends", optional: true },
      programCase("three", `undefined-program '/tmp/${"a".repeat(90)}.jpg'`, "true"),
      { name: "four", file: "works" },
    );
    const notes = field("Group", "12 MP", figures, "ours").map(({ name, note }) => [name, note]);
    expect(notes.shift()?.[0]).to.equal("12 MP: four against ours");
    expect(notes.pop()?.[1]).to.match(/^three: failed: .*undefined-program: command not found$/);
    expect(notes).to.deep.equal([
      ["12 MP: djpeg against ours", "djpeg: absent"],
      ["12 MP: two against ours", "two: failed: its process ended with code 7"],
      ["12 MP: one against ours", "one: failed: Error: no such format"],
    ]);
  });

  it("fails when a case that is not optional fails", async () => {
    const error = await hold({ name: "ours", file: "fails" }).catch((reason) => reason);
    expect(error).to.include({ name: "CaseError" });
    expect(error.message).to.match(/^ours: Error: no such format/);
  });

  it("subtracts the start of the program", async () => {
    const startUp = { args: {}, times: 6 };
    const figures = await hold({ name: "program", file: "takes", startUp });
    expect(figures.get("program")).to.include({ cpuMs: 25, startUpMs: 5 });
  });

  it("reports memory only for cases that run in the measured process", async () => {
    const figures = await hold({ name: "ours", file: "works" }, programCase("program", "seq 9", "true"));
    expect(figures.get("ours")?.peakMb).to.be.above(10);
    expect(figures.get("program")?.peakMb).to.be.NaN;
  });

  it("looks for the program that a task needs: vipsthumbnail for thumbnails with vips", () => {
    const tool = (name: string) => (name === "vips" ? "/usr/bin/vips" : undefined);
    const vips = contendersForAnyFormat({ tool }).find(({ name }) => name === "vips");
    const task = { path: "a.png", tiny: "tiny.png", quality: 80 };
    expect(vips?.case({ ...task, size: 300 })).to.deep.equal(absent("vips"));
    expect(vips?.case(task)).to.include({ file: "tool" });
  });
});
