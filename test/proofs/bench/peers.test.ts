import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { areInstalled } from "../../../proofs/bench/peers.ts";

describe("the bench's own packages", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "henkan-peers-"));
    mkdirSync(join(directory, "node_modules"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (file: string, packages: object) =>
    writeFileSync(join(directory, file), JSON.stringify({ packages }));
  const lock = (packages: object) => write("package-lock.json", { "": { name: "bench" }, ...packages });
  const install = (packages: object) => write(join("node_modules", ".package-lock.json"), packages);
  const jimp = { "node_modules/jimp": { version: "1.6.1", integrity: "sha512-a" } };
  const native = { "node_modules/native": { version: "1.0.0", integrity: "sha512-b", optional: true } };

  it("count as installed when they are the locked ones, without those for other systems", async () => {
    lock({ ...jimp, ...native });
    install(jimp);
    expect(await areInstalled(directory)).to.equal(true);
    install({ ...jimp, ...native });
    expect(await areInstalled(directory)).to.equal(true);
  });

  it("do not count as installed when nothing is installed or the lock has changed", async () => {
    lock(jimp);
    expect(await areInstalled(directory)).to.equal(false);
    install(jimp);
    for (const changed of [
      { "node_modules/jimp": { version: "1.6.2", integrity: "sha512-a" } },
      { "node_modules/jimp": { version: "1.6.1", integrity: "sha512-c" } },
      { ...jimp, "node_modules/yazl": { version: "3.3.1", integrity: "sha512-d" } },
      {},
    ]) {
      lock(changed);
      expect(await areInstalled(directory), JSON.stringify(changed)).to.equal(false);
    }
  });
});
